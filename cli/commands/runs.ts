import { command, example, inContext } from "../command.ts";
import { renderComparison } from "../tables/runs.ts";

const compare = command(
  "compare",
  "What changed between two trainings: data, features, code, parameters, metrics with their intervals, slices",
)
  .argument("<one>", "a run's id, or a registered version: falcon/1")
  .argument("<other>")
  .addHelpText("after", example("falconry runs compare falcon/1 falcon/2"))
  .action(
    inContext(async (context, one, other) => {
      const environment = await context.environment();
      const { compareRuns } = await import("@falconry/training/runs/compare-runs.ts");
      context.print(await compareRuns(environment, one, other), renderComparison);
    }),
  );

export const runs = command("runs", "Trainings, as MLflow has them")
  .addCommand(compare)
  .addHelpText("after", example("falconry runs compare falcon/1 falcon/2"));
