import { command, example, inContext } from "../command.ts";
import { renderLogin } from "../tables/login.ts";

export const login = command("login", "Log in with a password and the code of an authenticator, in place of whoever is logged in")
  .argument("[user]", "who logged in last when left out; on this machine there are scientist, approver and operator")
  .addHelpText("after", example("falconry login approver"))
  .action(
    inContext(async (context, user) => {
      const environment = await context.environment();
      const { logIn } = await import("../login/log-in.ts");
      const { askedPerson } = await import("../login/prompts.ts");
      const person = askedPerson(process.stdin, (line) => process.stderr.write(`${line}\n`));
      try {
        context.print(await logIn(environment, user, person, context.now), renderLogin);
      } finally {
        person[Symbol.dispose]();
      }
    }),
  );
