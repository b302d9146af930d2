/** MLflow that SageMaker manages: a tracking server, or a serverless app. */
export interface ManagedServer {
  url: string;
  region: string;
  /** The service that requests are signed for. */
  service: string;
  /** Says which server is meant: the address is that of all in the region. */
  route: Record<string, string>;
}

/**
 * The server under an ARN, `arn:aws:sagemaker:<region>:<account>:mlflow-tracking-server/<name>` or `…:mlflow-app/<id>`.
 *
 * @returns undefined for anything else
 * @see https://github.com/aws/sagemaker-mlflow, AWS's plugin of Python's client
 */
export function managedServer(arn: string): ManagedServer | undefined {
  const [, region, kind] = /^arn:aws(?:-us-gov)?:sagemaker:([a-z0-9-]+):\d{12}:(mlflow-tracking-server|mlflow-app)\/./.exec(arn) ?? [];
  if (region === undefined) return undefined;
  return kind === "mlflow-app"
    ? { url: `https://mlflow.sagemaker.${region}.app.aws`, region, service: "sagemaker", route: { "x-sm-mlflow-app-arn": arn } }
    : {
        url: `https://${region}.experiments.sagemaker.aws`,
        region,
        service: "sagemaker-mlflow",
        route: { "x-mlflow-sm-tracking-server-arn": arn },
      };
}
