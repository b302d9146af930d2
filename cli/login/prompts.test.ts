import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { askedPerson } from "./prompts.ts";

test("without a terminal the lines of stdin answer, in the order in which they are needed", async () => {
  using person = askedPerson(Readable.from(["correct horse\n", "123456\n"]), () => {});
  expect(await person.password()).toBe("correct horse");
  expect(await person.code()).toBe("123456");
});

test("a password keeps its blanks", async () => {
  using person = askedPerson(Readable.from([" a b \r\n"]), () => {});
  expect(await person.password()).toBe(" a b ");
});

test("stdin that ends too early is named by what it did not give", async () => {
  using person = askedPerson(Readable.from(["correct horse\n"]), () => {});
  await person.password();
  await expect(person.code()).rejects.toMatchObject({ code: "login.broken-off", message: expect.stringContaining("Code") });
});

test("a new authenticator is shown once, as a URL and as what can be typed", () => {
  const said: string[] = [];
  using person = askedPerson(Readable.from([]), (line) => said.push(line));
  person.enrol({ secret: "JBSWY3DP", url: "otpauth://totp/Falconry:grace?secret=JBSWY3DP" });
  expect(said.join("\n")).toContain("otpauth://totp/Falconry:grace?secret=JBSWY3DP\n  or by hand: JBSWY3DP");
});
