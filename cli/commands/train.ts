import { command, example, inContext } from "../command.ts";
import { renderTraining } from "../tables/training.ts";
import { wholeNumber } from "../whole-number.ts";

export const train = command("train", "Dataset version -> features -> candidates -> one ONNX graph, logged and registered in MLflow")
  .argument("<workload>", "a name, or the path of a workload's folder")
  .option("--candidate <name...>", "only these of the declared candidates")
  .option("--dataset <digest>", "a digest or its beginning", "latest")
  .option("--seed <number>", "in place of the declared seeds", wholeNumber)
  .addHelpText("after", example("falconry train falcon --candidate logistic-regression"))
  .action(
    inContext(async (context, name, { candidate, dataset, seed }) => {
      const workload = await context.workload(name);
      const environment = await context.environment();
      const { train: fit } = await import("@falconry/training/train.ts");
      const { readableSession, sessionFile } = await import("../login/session-file.ts");
      const login = await readableSession(sessionFile(context.environmentName));
      const options = {
        dataset,
        progress: context.progress,
        ...(candidate && { candidates: candidate }),
        ...(seed !== undefined && { seed }),
        ...(login && { trainedBy: login.user }),
      };
      context.print(await fit(environment, workload, options), renderTraining);
    }),
  );
