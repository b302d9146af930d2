interface CatalogueEntry {
  /** 2 usage, 3 refused (a gate, bad data, a wrong state), 4 an environment that cannot be reached. */
  exit: 2 | 3 | 4;
  /** When it is raised, as errors.md explains it. */
  when: string;
}

/** Every code that a {@link FalconryError} may carry. errors.md documents each one; a test holds the two against each other. */
export const errorCatalogue = {
  "environment.unreachable": { exit: 4, when: "A service of the environment does not answer." },
  "environment.unknown": { exit: 4, when: "The environment has no descriptor: it was never stood up." },
  "environment.descriptor-invalid": { exit: 4, when: "The descriptor does not have the shape that this version reads." },
  "environment.no-endpoint": { exit: 3, when: "The workload is newer than the environment: it has no endpoint there yet." },
  "content.missing": { exit: 3, when: "A file that a manifest names is not in its bucket." },
  "content.corrupt": { exit: 3, when: "Stored bytes do not match the SHA-256 they are stored under." },
  "workload.unknown": { exit: 2, when: "No workload has this name, and no folder of this path holds a workload.ts." },
  "workload.invalid": { exit: 2, when: "workload.ts does not declare what a workload must." },
  "registry.version-unknown": { exit: 3, when: "The registered model has no such version." },
  "registry.already-live": { exit: 3, when: "The version that was asked for is the champion already." },
  "registry.promotion-in-flight": { exit: 3, when: "The endpoint has a promotion or rollback that has not come to its end." },
  "registry.promotion-unknown": { exit: 3, when: "No promotion has this id." },
  "registry.wrong-state": { exit: 3, when: "The promotion is past the point where it could be approved or rejected." },
  "registry.deployment-failed": { exit: 3, when: "The endpoint did not come up with the new version; the one before serves." },
  "registry.nothing-to-roll-back-to": { exit: 3, when: "No other version that went live stands behind the champion." },
  "registry.never-live": { exit: 3, when: "`--to` names a version that was never live." },
  "registry.reason-missing": { exit: 2, when: "An approval, a rejection or a rollback came without a reason." },
  "registry.conflict": { exit: 3, when: "Somebody else wrote to the same ledger at the same moment." },
  "registry.ledger-corrupt": { exit: 3, when: "An event of the ledger cannot be trusted; nothing is done on its word." },
  "registry.audit-failed": { exit: 3, when: "`audit verify` found something changed, removed, inserted or reordered." },
  "container.settings": { exit: 2, when: "An environment variable of the inference container does not have the value that it must." },
  "container.package-missing": { exit: 3, when: "The model folder of the inference container holds no model.onnx." },
  "container.package-corrupt": { exit: 3, when: "A file of a model package does not match its hash in manifest.json." },
  "container.self-check": { exit: 3, when: "A loaded model does not answer one row of missing values." },
  "request.empty": { exit: 3, when: "A request or a file holds no rows." },
  "request.malformed": { exit: 3, when: "A request or a file is no JSON, no CSV or no UTF-8." },
  "request.shape": { exit: 3, when: "JSON does not have the shape of any format for rows." },
  "request.content-type": { exit: 3, when: "A request is of a type that the container does not read." },
  "request.accept": { exit: 3, when: "A request accepts no type that the container writes." },
  "request.too-large": { exit: 3, when: "A request's body is larger than SageMaker's 6 MB." },
  "request.missing-column": { exit: 3, when: "A row lacks a column that the model reads." },
  "request.value": { exit: 3, when: "A value is not of its column's type." },
  "request.unanswerable": { exit: 3, when: "The model gives no finite probability for a row." },
  "predict.input-missing": { exit: 2, when: "The file of rows to predict cannot be read." },
  "predict.no-endpoint": { exit: 3, when: "The endpoint does not exist or is not in service." },
  "predict.no-champion": { exit: 3, when: "The endpoint still runs the bootstrap model." },
  "predict.refused": { exit: 3, when: "The endpoint's container refuses the rows." },
  "predict.failed": { exit: 4, when: "The endpoint's container fails or does not answer." },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
