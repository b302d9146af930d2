import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { command, example, inContext } from "../command.ts";
import { renderNewWorkload } from "../tables/new.ts";

export const newWorkload = command("new", "A workload from any table: types, key, split and leaks recognised, each with its reason")
  .argument("<name>", "a name in workloads/, or the path of a folder")
  .requiredOption("--from <file>", "CSV, gzipped or not, in any common encoding")
  .requiredOption("--target <column>", "what is to be foreseen; c1, c2, … where the file names no columns")
  .option("--task <task>", "classification or regression; default: what the target looks like", asTask)
  .addOption(
    new Option("--time-column <columns>", "the last rows in their order are the test part: one, or its parts as year,month,day")
      .argParser(asList)
      .conflicts("groupColumn"),
  )
  .option("--group-column <column>", "rows with the same value stay together")
  .option("--exclude <columns>", "no model is to see these, separated by commas", asList)
  .option("--no-header", "the first line is a record")
  .option("--force", "overwrite what stands there")
  .addHelpText("after", example("falconry new churn --from customers.csv --target left"))
  .action(
    inContext(async (context, name, { from, target, task, timeColumn, groupColumn, exclude, header, force }) => {
      const { newWorkload: make } = await import("@falconry/training/table/new-workload.ts");
      const options = {
        from,
        target,
        progress: context.progress,
        ...(task && { task }),
        ...(timeColumn && { timeColumns: timeColumn }),
        ...(groupColumn !== undefined && { groupColumn }),
        ...(exclude && { exclude }),
        ...(!header && { headerless: true }),
        ...(force && { force }),
      };
      context.print(await make(name, options), (made) => renderNewWorkload(made, name));
    }),
  );

function asTask(text: string): "classification" | "regression" {
  if (text === "classification" || text === "regression") return text;
  throw new InvalidArgumentError("It is classification or regression.");
}

function asList(text: string): string[] {
  return text.split(",").map((part) => part.trim());
}
