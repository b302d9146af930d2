import { command, example, inContext } from "../command.ts";
import { datasetName, datasetOf } from "../dataset-name.ts";
import { renderDiff } from "../tables/dataset-diff.ts";
import {
  renderCommitted,
  renderDataset,
  renderDatasets,
  renderGarbage,
  renderGot,
  renderTagged,
  renderVerifiedDataset,
} from "../tables/datasets.ts";
import { wholeNumber } from "../whole-number.ts";

const list = command("list", "Dataset versions, newest first")
  .argument("[name]", "only those of one dataset, or of the workload in a folder of this path")
  .addHelpText("after", example("falconry datasets list falcon"))
  .action(
    inContext(async (context, nameOrPath) => {
      const { listDatasets } = await import("@falconry/training/datasets/list.ts");
      const name = nameOrPath === undefined ? undefined : await datasetName(context, nameOrPath);
      context.print(await listDatasets(await context.environment(), name), renderDatasets);
    }),
  );

const show = command("show", "What one dataset version holds: files, columns, profile, source")
  .argument("<name>", "of a dataset, or the path of a workload's folder")
  .argument("[digest]", "a digest or its beginning, or a tag", "latest")
  .addHelpText("after", example("falconry datasets show falcon latest"))
  .action(
    inContext(async (context, nameOrPath, digest) => {
      const { showDataset } = await import("@falconry/training/datasets/show.ts");
      const name = await datasetName(context, nameOrPath);
      context.print(await showDataset(await context.environment(), name, digest), renderDataset);
    }),
  );

const verify = command("verify", "Check every byte of a dataset version against its hash")
  .argument("<name>", "of a dataset, or the path of a workload's folder")
  .argument("[digest]", "a digest or its beginning, or a tag", "latest")
  .addHelpText("after", example("falconry datasets verify falcon"))
  .action(
    inContext(async (context, nameOrPath, digest) => {
      const { verifyDataset } = await import("@falconry/training/datasets/verify.ts");
      const name = await datasetName(context, nameOrPath);
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
  .argument("<name>", "of a dataset, or the path of a workload's folder")
  .argument("[version]", "a digest or its beginning, or a tag", "latest")
  .requiredOption("--to <folder>", "where the files go; others that are there stay")
  .option("--overwrite", "replace files of other content")
  .addHelpText("after", example("falconry datasets get falcon latest --to ./falcon-data"))
  .action(
    inContext(async (context, nameOrPath, version, { to, overwrite = false }) => {
      const { getDataset } = await import("@falconry/training/datasets/fetch/get.ts");
      const name = await datasetName(context, nameOrPath);
      const { progress } = context;
      context.print(await getDataset(await context.environment(), name, to, { version, overwrite, progress }), renderGot);
    }),
  );

const diff = command("diff", "What one version has that another has not: rows by their key, columns, drift; or the files of a folder")
  .argument("<name>", "of a dataset, or the path of a workload's folder")
  .argument("<from>", "a digest or its beginning, or a tag")
  .argument("[to]", "a digest or its beginning, or a tag", "latest")
  .option("--key <columns>", "that together name a row, with commas between them; default the workload's own")
  .addHelpText("after", example("falconry datasets diff falcon season-2020 latest"))
  .action(
    inContext(async (context, nameOrPath, from, to, options) => {
      const { diffDatasets } = await import("@falconry/training/datasets/diff/diff-datasets.ts");
      const dataset = await datasetOf(context, nameOrPath);
      const key = options.key?.split(",") ?? dataset.key;
      const { progress } = context;
      context.print(await diffDatasets(await context.environment(), dataset.name, from, to, { key, progress }), renderDiff);
    }),
  );

const tag = command("tag", "Give a version a name that can be moved; a tagged version is never garbage")
  .argument("<name>", "of a dataset, or the path of a workload's folder")
  .argument("<tag>", "no beginning of a digest, and not latest")
  .argument("[version]", "a digest or its beginning, or another tag", "latest")
  .addHelpText("after", example("falconry datasets tag falcon season-2020"))
  .action(
    inContext(async (context, nameOrPath, tag, version) => {
      const { tagDataset } = await import("@falconry/training/datasets/tag.ts");
      const name = await datasetName(context, nameOrPath);
      context.print(await tagDataset(await context.environment(), name, tag, version), renderTagged);
    }),
  );

const untag = command("untag", "Take a tag away; the version stays")
  .argument("<name>", "of a dataset, or the path of a workload's folder")
  .argument("<tag>")
  .addHelpText("after", example("falconry datasets untag falcon season-2020"))
  .action(
    inContext(async (context, nameOrPath, tag) => {
      const { untagDataset } = await import("@falconry/training/datasets/tag.ts");
      const name = await datasetName(context, nameOrPath);
      context.print(await untagDataset(await context.environment(), name, tag), renderTagged);
    }),
  );

const gc = command("gc", "Remove the versions that no tag, run, model version or ledger names, and that are not the latest")
  .option("--dry-run", "say what would be removed, and remove nothing")
  .option("--young-days <days>", "what was stored in the last so many days stays", wholeNumber, 7)
  .addHelpText("after", example("falconry datasets gc --dry-run"))
  .action(
    inContext(async (context, { dryRun = false, youngDays }) => {
      const { collectGarbage } = await import("@falconry/training/datasets/gc/collect-garbage.ts");
      const { progress, now } = context;
      const options = { dryRun, youngDays, progress, now: () => now().getTime() };
      context.print(await collectGarbage(await context.environment(), options), renderGarbage);
    }),
  );

export const datasets = command("datasets", "Dataset versions: manifests of content hashes")
  .addCommand(list)
  .addCommand(show)
  .addCommand(commit)
  .addCommand(get)
  .addCommand(verify)
  .addCommand(diff)
  .addCommand(tag)
  .addCommand(untag)
  .addCommand(gc)
  .addHelpText("after", example("falconry datasets list"));
