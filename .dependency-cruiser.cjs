// Which room may import which (design.md): cli -> infra -> workloads -> training, registry, serving -> model -> environment -> mlflow-client.
const floors = [["mlflow-client"], ["environment"], ["model"], ["training", "registry", "serving"], ["workloads"], ["infra"], ["cli"]];

const directions = floors.flatMap((floor, height) =>
  floor.map((room) => {
    const outOfReach = floors
      .slice(height)
      .flat()
      .filter((other) => other !== room);
    return {
      name: `${room}-reaches-down-only`,
      comment: `${room}/ may not import what stands above or beside it: what passes there is data`,
      severity: "error",
      from: { path: `^${room}/` },
      to: { path: `^(${outOfReach.join("|") || "nothing"})/` },
    };
  }),
);

module.exports = {
  forbidden: [
    ...directions,
    {
      name: "scripts-are-nobodys",
      comment: "scripts/ is what a developer runs: no room may depend on it",
      severity: "error",
      from: { pathNot: "^scripts/|^[^/]+$" },
      to: { path: "^scripts/" },
    },
    {
      name: "only-infra-knows-pulumi",
      comment: "Nothing outside infra/ imports Pulumi",
      severity: "error",
      from: { pathNot: "^infra/" },
      to: { path: "@pulumi/" },
    },
    {
      name: "only-infra-and-tests-start-the-region",
      comment: "infra/local is loaded by the command line when a command needs it, never at its start",
      severity: "error",
      from: { path: "^cli/", pathNot: "[.]test[.]ts$" },
      to: { path: "^infra/", dependencyTypesNot: ["dynamic-import", "type-only"] },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|[.]falconry)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".js", ".json"],
    },
  },
};
