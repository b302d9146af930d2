/** What of the server's routes the client does not ask for, and why. The first that fits counts. */
export const leftOut: readonly { what: string; routes: RegExp; why: string }[] = [
  { what: "single values of runs", routes: /runs\/log-(metric|parameter)$/, why: "`logBatch` sends many at once" },
  { what: "models as run tags", routes: /runs\/log-model$/, why: "MLflow 2; logged models take their place" },
  { what: "search by GET", routes: /^GET .*experiments\/search$/, why: "the POST does the same" },
  { what: "points thinned for charts", routes: /get-history-bulk-interval$/, why: "for the web UI; `metricHistory` gives every point" },
  { what: "stages", routes: /(get-latest-versions|transition-stage)$/, why: "deprecated; aliases take their place" },
  {
    what: "lists of one owner's files",
    routes: /(mlflow\/artifacts\/list|artifacts\/directories)$/,
    why: "`artifacts.list` lists runs' and models' files alike",
  },
  {
    what: "addresses in the object store",
    routes: /presigned/,
    why: "files go through the server, large uploads by its multipart routes",
  },
  { what: "webhooks", routes: /\/webhooks/, why: "set up once, in the web UI" },
  { what: "traces and assessments", routes: /trace/, why: "for language models; OpenTelemetry's own clients send them" },
  {
    what: "evaluation datasets, scorers, issues, labels and reviews",
    routes: /\/(datasets|search-datasets|scorers|issues|label-schemas|review-queues)/,
    why: "for language models",
  },
  { what: "prompts and the AI gateway", routes: /\/(gateway|prompt-optimization|genai|demo)/, why: "for language models" },
  { what: "workspaces, jobs and the server itself", routes: /\/(workspaces|jobs|server-info)/, why: "for the server's operator" },
];
