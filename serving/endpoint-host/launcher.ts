import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import getPort from "get-port";
import type { Clock } from "./clock.ts";
import { ContainerProcess } from "./container-process.ts";
import { programOf } from "./image.ts";
import { containersFolder } from "./left-behind.ts";
import type { MetricCollector } from "./metrics/metric-collector.ts";
import { downloadModelData } from "./model-data.ts";
import type { ContainerDefinition } from "./model-request.ts";

/** Starts containers as SageMaker would: pulls the image, downloads the model data, runs the process. */
export class Launcher {
  readonly #directory: string;
  readonly #s3: S3Client;
  readonly #collector: MetricCollector;
  readonly #clock: Clock;
  #started = 0;

  constructor(directory: string, s3: S3Client, collector: MetricCollector, clock: Clock) {
    this.#directory = directory;
    this.#s3 = s3;
    this.#collector = collector;
    this.#clock = clock;
  }

  /** @throws Error in SageMaker's words where the image or the model data cannot be had */
  async launch(endpoint: string, container: ContainerDefinition): Promise<ContainerProcess> {
    const program = programOf(container.Image);
    if (program === undefined) {
      throw new Error(`The image '${container.Image}' does not exist. The endpoint host runs falconry/inference only.`);
    }
    this.#started += 1;
    const folder = join(this.#directory, containersFolder, `${endpoint}-${this.#started}`);
    await rm(folder, { recursive: true, force: true });
    await this.#download(container, folder);
    const port = await getPort({ host: "127.0.0.1" });
    const environment = container.Environment ?? {};
    return ContainerProcess.start({ program, environment, folder, port, collector: this.#collector, clock: this.#clock });
  }

  async #download(container: ContainerDefinition, folder: string): Promise<void> {
    try {
      await downloadModelData(this.#s3, container, join(folder, "model"));
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      const url = container.ModelDataUrl ?? container.ModelDataSource?.S3DataSource.S3Uri;
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(
        `Failed to download model data for container "container_1" from URL: "${url}". Please ensure that there is an object located at the URL ` +
          `and that the role passed to CreateModel has permissions to download the model. (${reason})`,
      );
    }
  }
}
