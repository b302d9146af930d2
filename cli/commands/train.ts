import { command, example, inContext } from "../command.ts";
import { searchBudget } from "../search-budget.ts";
import { renderTraining } from "../tables/training.ts";
import { wholeNumber } from "../whole-number.ts";

export const train = command("train", "Dataset version -> features -> candidates -> one ONNX graph, logged and registered in MLflow")
  .argument("<workload>", "a name, or the path of a workload's folder")
  .option("--candidate <name...>", "only these of the declared candidates")
  .option("--dataset <digest>", "a digest or its beginning; default latest")
  .option("--seed <number>", "in place of the declared seeds", wholeNumber)
  .option("--budget <size>", "search for better settings: so many trials (40), or so long (90s, 10m, 1h)", searchBudget)
  .option("--system-metrics <seconds>", "log CPU and memory all so many seconds", wholeNumber)
  .option("--resume", "go on with the training of this workload that was stopped last on this machine")
  .addHelpText(
    "after",
    example(
      "falconry train falcon --candidate logistic-regression",
      "falconry train falcon --budget 40",
      "falconry train falcon --budget 10m --system-metrics 10",
      "falconry train falcon --resume",
    ),
  )
  .action(
    inContext(async (context, name, { candidate, dataset, seed, budget, systemMetrics, resume }, invoked) => {
      const isAsked = [candidate, dataset, seed, budget].some((option) => option !== undefined);
      if (resume && isAsked) invoked.error("error: --resume goes on with what was asked for; it takes no other choice");
      const workload = await context.workload(name);
      const environment = await context.environment();
      const { resumeTraining, train: fit } = await import("@falconry/training/train.ts");
      const tools = { progress: context.progress, ...(systemMetrics !== undefined && { systemMetricsSeconds: systemMetrics }) };
      if (resume) {
        context.print(await resumeTraining(environment, workload, tools), renderTraining);
        return;
      }
      const { readableSession, sessionFile } = await import("../login/session-file.ts");
      const login = await readableSession(sessionFile(context.environmentName));
      const options = {
        ...tools,
        ...(candidate && { candidates: candidate }),
        ...(dataset !== undefined && { dataset }),
        ...(seed !== undefined && { seed }),
        ...(budget && { budget }),
        ...(login && { trainedBy: login.user }),
      };
      context.print(await fit(environment, workload, options), renderTraining);
    }),
  );
