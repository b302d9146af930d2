import { createInterface, type Interface } from "node:readline";
import { FalconryError } from "@falconry/environment/error.ts";
import type { Person } from "./person.ts";

type Input = NodeJS.ReadableStream & { isTTY?: boolean };

/**
 * A person who is asked: on a terminal without echo, otherwise by the lines of `input`, in the order in which they are needed. Once disposed of it reads
 * no more.
 */
export function askedPerson(input: Input, say: (line: string) => void): Person & Disposable {
  const { answer, close } = input.isTTY ? { answer: atTerminal, close() {} } : lineByLine(input);
  return {
    password: () => answer("Password"),
    newPassword: () => answer("New password, of your own"),
    code: () => answer("Code of your authenticator"),
    enrol({ secret, url }) {
      say(`Add this to your authenticator; it is not shown again:\n  ${url}\n  or by hand: ${secret}`);
    },
    [Symbol.dispose]: close,
  };
}

/** Prompts stand on stderr: stdout holds the command's document. */
async function atTerminal(question: string): Promise<string> {
  const { password } = await import("@inquirer/prompts");
  try {
    return await password({ message: question }, { output: process.stderr });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ExitPromptError") throw error;
    throw new FalconryError("login.broken-off", { message: "the login was broken off; nothing has changed", hint: "Run: falconry login" });
  }
}

function lineByLine(input: NodeJS.ReadableStream): { answer(question: string): Promise<string>; close(): void } {
  let reader: Interface | undefined;
  let lines: AsyncIterator<string> | undefined;
  return {
    async answer(question) {
      reader ??= createInterface({ input });
      lines ??= reader[Symbol.asyncIterator]();
      const { value, done } = await lines.next();
      if (!done) return value;
      throw new FalconryError("login.broken-off", {
        message: `stdin ended before it gave this: ${question}`,
        hint: "Give the password and the code as two lines, or log in at a terminal",
      });
    },
    close: () => reader?.close(),
  };
}
