import type { Descriptor } from "@falconry/environment/descriptor.ts";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Transform } from "./transform.ts";

/** A gateway waits no longer for its function. */
const ANSWER_WITHIN_MILLISECONDS = 29_000;
const LOG_RETENTION_DAYS = 365;
/** Of all clients together, strangers among them: it is counted before a token is looked at. How much one person may ask is the API's own concern. */
const throttling = { throttlingRateLimit: 100, throttlingBurstLimit: 200 };
/** Counted apart: no flood of anything else keeps it from whoever is on call. */
const ROLLBACK = "POST /workloads/{name}/rollback";

/** Who asked for what, and how it ended; also what the gateway turned away by itself. Never a token. */
const accessLogLine = {
  time: "$context.requestTime",
  request: "$context.requestId",
  address: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  path: "$context.path",
  status: "$context.status",
  person: "$context.authorizer.claims.username",
  refused: "$context.authorizer.error",
};

export interface ControlPlaneApiArgs {
  /** Name of the environment: part of the API's name. */
  environment: string;
  /** Whose tokens are taken. */
  identity: pulumi.Input<Pick<Descriptor["identity"], "issuer" | "client">>;
  transform?: Transform<{ stage: aws.apigatewayv2.StageArgs }>;
}

/** The control plane's door on AWS: an HTTP API that lets nobody pass without a token of the environment's pool. What answers behind it is told afterwards. */
export class ControlPlaneApi extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;
  readonly #name: string;
  readonly #args: ControlPlaneApiArgs;
  readonly #api: aws.apigatewayv2.Api;

  constructor(name: string, args: ControlPlaneApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("falconry:controlPlane:ControlPlaneApi", name, {}, opts);
    this.#name = name;
    this.#args = args;
    this.#api = new aws.apigatewayv2.Api(name, { name: `${args.environment}-${name}`, protocolType: "HTTP" }, { parent: this });
    this.url = this.#api.apiEndpoint;
    this.registerOutputs({ url: this.url });
  }

  /** Opens the door: sends every request with a good token to the function; without one, only the question after its health. */
  answeredBy(handler: aws.lambda.Function): void {
    const [apiId, inApi] = [this.#api.id, { parent: this.#api }];
    const integration = new aws.apigatewayv2.Integration(
      this.#name,
      {
        apiId,
        integrationType: "AWS_PROXY",
        integrationMethod: "POST",
        integrationUri: handler.invokeArn,
        payloadFormatVersion: "2.0",
        timeoutMilliseconds: ANSWER_WITHIN_MILLISECONDS,
      },
      inApi,
    );
    const target = pulumi.interpolate`integrations/${integration.id}`;
    const authorizerId = this.#authorizer().id;
    const withToken = { apiId, target, authorizationType: "JWT", authorizerId };
    new aws.apigatewayv2.Route("everything", { ...withToken, routeKey: "$default" }, inApi);
    new aws.apigatewayv2.Route("health", { apiId, routeKey: "GET /health", target, authorizationType: "NONE" }, inApi);
    this.#stage(new aws.apigatewayv2.Route("rollback", { ...withToken, routeKey: ROLLBACK }, inApi));
    new aws.lambda.Permission(
      `${this.#name}-api`,
      {
        action: "lambda:InvokeFunction",
        function: handler.name,
        principal: "apigateway.amazonaws.com",
        sourceArn: pulumi.interpolate`${this.#api.executionArn}/*/*`,
      },
      inApi,
    );
  }

  #authorizer(): aws.apigatewayv2.Authorizer {
    const identity = pulumi.output(this.#args.identity);
    return new aws.apigatewayv2.Authorizer(
      this.#name,
      {
        apiId: this.#api.id,
        name: "people",
        authorizerType: "JWT",
        identitySources: ["$request.header.Authorization"],
        // Cognito's access tokens have a client_id in the place of an audience, and API Gateway takes it for one.
        jwtConfiguration: { issuer: identity.issuer, audiences: [identity.client] },
      },
      { parent: this.#api },
    );
  }

  /** @param rollback a stage knows settings of routes that stand already */
  #stage(rollback: aws.apigatewayv2.Route): void {
    const name = `/aws/vendedlogs/${this.#args.environment}-${this.#name}`;
    const log = new aws.cloudwatch.LogGroup(`${this.#name}-access`, { name, retentionInDays: LOG_RETENTION_DAYS }, { parent: this });
    const args: aws.apigatewayv2.StageArgs = {
      apiId: this.#api.id,
      name: "$default",
      autoDeploy: true,
      defaultRouteSettings: throttling,
      routeSettings: [{ routeKey: ROLLBACK, ...throttling }],
      accessLogSettings: { destinationArn: log.arn, format: JSON.stringify(accessLogLine) },
    };
    new aws.apigatewayv2.Stage(this.#name, this.#args.transform?.stage?.(args, this.#name) ?? args, {
      parent: this.#api,
      dependsOn: [rollback],
    });
  }
}
