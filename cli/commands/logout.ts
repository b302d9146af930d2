import { command, example, inContext } from "../command.ts";
import { renderLogout } from "../tables/login.ts";

export const logout = command(
  "logout",
  "End the login, wherever a copy of it may be: at once here, within the hour of its access token elsewhere",
)
  .addHelpText("after", example("falconry logout"))
  .action(
    inContext(async (context) => {
      const { logOut } = await import("../login/log-out.ts");
      context.print(await logOut(context.environmentName, context.environment), renderLogout);
    }),
  );
