import { beforeAll, describe, expect, test } from "vitest";
import { type DeclaredResource, declared, ofType, statements } from "./declared.fixture.ts";
import { Keys } from "./keys.ts";
import { Lake, type LakeArgs } from "./lake.ts";

const zones = ["raw", "clean", "features", "artifacts", "models", "audit"];
const keyArn = (name: string) => `arn:aws:kms:eu-central-1:123456789012:key/${name}`;

describe("each zone", () => {
  let all: DeclaredResource[];
  const oneEach = (type: string) => {
    const found = ofType(all, type);
    expect(found.map(({ inputs }) => inputs.bucket ?? "").sort()).toEqual([...zones].sort());
    return found;
  };

  beforeAll(async () => {
    all = await declared(lake());
    expect(ofType(all, "Bucket").map(({ name }) => name)).toEqual(zones);
  });

  test("is encrypted with the environment's own key; the audit zone with the ledger's", () => {
    for (const { name, inputs } of oneEach("BucketServerSideEncryptionConfiguration")) {
      const kmsMasterKeyId = keyArn(name === "audit" ? "ledger" : "lake");
      expect(inputs.rules).toEqual([
        { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId }, bucketKeyEnabled: true },
      ]);
    }
  });

  test("is closed to the public in all four ways", () => {
    for (const { inputs } of oneEach("BucketPublicAccessBlock")) {
      expect(inputs).toMatchObject({
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      });
    }
  });

  test("keeps every version", () => {
    for (const { inputs } of oneEach("BucketVersioning")) expect(inputs.versioningConfiguration).toEqual({ status: "Enabled" });
  });

  test("refuses plain HTTP, whoever asks and whatever for", () => {
    for (const policy of oneEach("BucketPolicy")) {
      expect(statements(policy)).toContainEqual({
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [`arn:aws:s3:::${policy.name}`, `arn:aws:s3:::${policy.name}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      });
    }
  });

  test("refuses an object under another encryption or key, and takes one that names none", () => {
    for (const policy of oneEach("BucketPolicy")) {
      const key = keyArn(policy.name === "audit" ? "ledger" : "lake");
      const conditions = statements(policy).flatMap(({ Sid, Condition }) => (Sid === "KmsOnly" || Sid === "OwnKeyOnly" ? [Condition] : []));
      expect(conditions).toEqual([
        {
          Null: { "s3:x-amz-server-side-encryption": "false" },
          StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
        },
        {
          Null: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "false" },
          StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": key },
        },
      ]);
    }
  });

  test("drops abandoned uploads; old versions too, but never a witness", () => {
    for (const { name, inputs } of oneEach("BucketLifecycleConfiguration")) {
      const rules = name === "audit" ? ["abandoned-uploads"] : ["abandoned-uploads", "old-versions"];
      expect(inputs.rules).toMatchObject(rules.map((id) => ({ id, status: "Enabled" })));
    }
  });
});

test("the audit zone, and no other, is write-once", async () => {
  const all = await declared(lake());
  const locked = ofType(all, "Bucket").filter(({ inputs }) => inputs.objectLockEnabled);
  expect(locked.map(({ name }) => name)).toEqual(["audit"]);
  expect(ofType(all, "BucketObjectLockConfiguration").map(({ name }) => name)).toEqual(["audit"]);
  const [policy] = ofType(all, "BucketPolicy").filter(({ name }) => name === "audit");
  expect(statements(policy)).toContainEqual(
    expect.objectContaining({ Effect: "Deny", Principal: "*", Action: ["s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"] }),
  );
});

test("the audit zone takes an object only under the condition that none of its name stands; other zones take any", async () => {
  const policies = ofType(await declared(lake()), "BucketPolicy");
  const conditions = policies.map((policy) => [policy.name, statements(policy).find(({ Sid }) => Sid === "NewObjectsOnly")?.Condition]);
  expect(conditions.filter(([, condition]) => condition !== undefined)).toEqual([
    ["audit", { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } }],
  ]);
});

test("raw records expire when asked to; nothing else does", async () => {
  const all = await declared(lake({ rawRetentionDays: 90 }));
  const expiring = ofType(all, "BucketLifecycleConfiguration").filter(({ inputs }) => JSON.stringify(inputs).includes('"expiration"'));
  expect(expiring.map(({ name }) => name)).toEqual(["raw"]);
  expect(expiring[0]?.inputs.rules).toContainEqual({ id: "retention", status: "Enabled", filter: {}, expiration: { days: 90 } });
});

test("the artifacts bucket takes a name that was known before", async () => {
  const buckets = ofType(await declared(lake({ artifactsBucket: "known-before" })), "Bucket");
  expect(buckets.flatMap(({ inputs }) => inputs.bucket ?? [])).toEqual(["known-before"]);
});

test("the transform has the last word", async () => {
  const transform: LakeArgs["transform"] = { bucket: (args, name) => ({ ...args, bucket: `acme-${name}` }) };
  const buckets = ofType(await declared(lake({ transform })), "Bucket");
  expect(buckets.map(({ inputs }) => inputs.bucket)).toEqual(zones.map((zone) => `acme-${zone}`));
});

function lake(args: Partial<LakeArgs> = {}): () => void {
  return () => {
    const keys = new Keys("keys", { environment: "dev" });
    new Lake("lake", { key: keys.lake, auditKey: keys.ledger, ...args });
  };
}
