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
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
