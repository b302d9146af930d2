import { command, example, inContext } from "../command.ts";
import { renderDataset, renderDatasets, renderVerifiedDataset } from "../tables/datasets.ts";

const list = command("list", "Dataset versions, newest first")
  .argument("[name]", "only those of one dataset")
  .addHelpText("after", example("falconry datasets list falcon"))
  .action(
    inContext(async (context, name) => {
      const { listDatasets } = await import("@falconry/training/datasets/list.ts");
      context.print(await listDatasets(await context.environment(), name), renderDatasets);
    }),
  );

const show = command("show", "What one dataset version holds: files, columns, profile, source")
  .argument("<name>")
  .argument("[digest]", "a digest or its beginning", "latest")
  .addHelpText("after", example("falconry datasets show falcon latest"))
  .action(
    inContext(async (context, name, digest) => {
      const { showDataset } = await import("@falconry/training/datasets/show.ts");
      context.print(await showDataset(await context.environment(), name, digest), renderDataset);
    }),
  );

const verify = command("verify", "Check every byte of a dataset version against its hash")
  .argument("<name>")
  .argument("[digest]", "a digest or its beginning", "latest")
  .addHelpText("after", example("falconry datasets verify falcon"))
  .action(
    inContext(async (context, name, digest) => {
      const { verifyDataset } = await import("@falconry/training/datasets/verify.ts");
      context.progress("hashing every file");
      context.print(await verifyDataset(await context.environment(), name, digest), renderVerifiedDataset);
    }),
  );

export const datasets = command("datasets", "Dataset versions: manifests of content hashes")
  .addCommand(list)
  .addCommand(show)
  .addCommand(verify)
  .addHelpText("after", example("falconry datasets list"));
