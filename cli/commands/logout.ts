import { command, example, inContext } from "../command.ts";
import { renderLogout } from "../tables/login.ts";

export const logout = command("logout", "Forget the login on this machine, and end its tokens")
  .addHelpText("after", example("falconry logout"))
  .action(
    inContext(async (context) => {
      const { logOut } = await import("../login/log-out.ts");
      context.print(await logOut(context.environmentName, context.environment), renderLogout);
    }),
  );
