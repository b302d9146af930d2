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
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
