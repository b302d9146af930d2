import { command, example, inContext } from "../command.ts";
import { renderCommitted, renderDataset, renderDatasets, renderGot, renderVerifiedDataset } from "../tables/datasets.ts";

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
      context.print(await verifyDataset(await context.environment(), name, digest, context.progress), renderVerifiedDataset);
    }),
  );

const commit = command("commit", "A folder of any files as a dataset version; only what changed is read and sent")
  .argument("<name>", "of the dataset")
  .argument("<folder>")
  .addHelpText("after", example("falconry datasets commit photos ./photos"))
  .action(
    inContext(async (context, name, folder) => {
      const { commitFolder } = await import("@falconry/training/datasets/folder/commit-folder.ts");
      const { progress } = context;
      context.print(
        await commitFolder(await context.environment(), name, folder, { progress, now: () => context.now().getTime() }),
        renderCommitted,
      );
    }),
  );

const get = command("get", "The files of a dataset version, into a folder; one that was broken off is gone on with")
  .argument("<name>")
  .argument("[version]", "a digest or its beginning", "latest")
  .requiredOption("--to <folder>", "where the files go; others that are there stay")
  .option("--overwrite", "replace files of other content")
  .addHelpText("after", example("falconry datasets get falcon latest --to ./falcon-data"))
  .action(
    inContext(async (context, name, version, { to, overwrite = false }) => {
      const { getDataset } = await import("@falconry/training/datasets/fetch/get.ts");
      const { progress } = context;
      context.print(await getDataset(await context.environment(), name, to, { version, overwrite, progress }), renderGot);
    }),
  );

export const datasets = command("datasets", "Dataset versions: manifests of content hashes")
  .addCommand(list)
  .addCommand(show)
  .addCommand(commit)
  .addCommand(get)
  .addCommand(verify)
  .addHelpText("after", example("falconry datasets list"));
