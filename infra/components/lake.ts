import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Transform } from "./transform.ts";
import { zonePolicy } from "./zone-policy.ts";

/** Days after which an overwritten or deleted object is gone for good. */
const NONCURRENT_DAYS = 90;
const ABANDONED_UPLOAD_DAYS = 7;
const WITNESS_RETENTION_DAYS = 365;

export interface LakeArgs {
  /** The key that encrypts every object of the lake. */
  key: aws.kms.Key;
  /** The key that encrypts the ledger's witnesses, in the audit bucket. */
  auditKey: aws.kms.Key;
  /**
   * Name of the artifacts bucket, where a tracking server must know it before the bucket exists.
   * @default a name made by Pulumi
   */
  artifactsBucket?: string;
  /**
   * Days after which raw records expire. Released models and features never do.
   * @default keep for ever
   * @example 90
   */
  rawRetentionDays?: number;
  /** Last word on any resource of the lake, for the case nobody thought of. */
  transform?: Transform<{ bucket: aws.s3.BucketArgs; lifecycle: aws.s3.BucketLifecycleConfigurationArgs }>;
}

/** The data lake of one environment: every zone encrypted with the environment's own key, versioned, reachable over TLS only. */
export class Lake extends pulumi.ComponentResource {
  readonly raw: aws.s3.Bucket;
  readonly clean: aws.s3.Bucket;
  readonly features: aws.s3.Bucket;
  readonly artifacts: aws.s3.Bucket;
  readonly models: aws.s3.Bucket;
  readonly audit: aws.s3.Bucket;
  readonly #transform: LakeArgs["transform"];

  constructor(name: string, args: LakeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("falconry:lake:Lake", name, {}, opts);
    this.#transform = args.transform;
    this.raw = this.#zone("raw", { key: args.key, expireDays: args.rawRetentionDays });
    this.clean = this.#zone("clean", { key: args.key });
    this.features = this.#zone("features", { key: args.key });
    this.artifacts = this.#zone("artifacts", { key: args.key, bucketName: args.artifactsBucket });
    this.models = this.#zone("models", { key: args.key });
    this.audit = this.#zone("audit", { key: args.auditKey, writeOnce: true });
    this.registerOutputs({
      raw: this.raw.bucket,
      clean: this.clean.bucket,
      features: this.features.bucket,
      artifacts: this.artifacts.bucket,
      models: this.models.bucket,
      audit: this.audit.bucket,
    });
  }

  #zone(name: string, zone: Zone): aws.s3.Bucket {
    const args: aws.s3.BucketArgs = { bucket: zone.bucketName, objectLockEnabled: zone.writeOnce };
    const bucket = new aws.s3.Bucket(name, this.#transform?.bucket?.(args, name) ?? args, { parent: this });
    const inBucket = { parent: bucket };
    this.#closeToThePublic(name, bucket, inBucket);
    this.#encrypt(name, bucket, zone.key, inBucket);
    const versioning = this.#keepVersions(name, bucket, inBucket);
    this.#expire(name, bucket, zone, { parent: bucket, dependsOn: [versioning] });
    if (zone.writeOnce) this.#forbidOverwriting(name, bucket, { parent: bucket, dependsOn: [versioning] });
    new aws.s3.BucketPolicy(name, { bucket: bucket.bucket, policy: zonePolicy(bucket.arn, zone.key.arn, zone.writeOnce) }, inBucket);
    return bucket;
  }

  #closeToThePublic(name: string, { bucket }: aws.s3.Bucket, opts: pulumi.CustomResourceOptions): void {
    new aws.s3.BucketPublicAccessBlock(
      name,
      { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      opts,
    );
  }

  #encrypt(name: string, { bucket }: aws.s3.Bucket, key: aws.kms.Key, opts: pulumi.CustomResourceOptions): void {
    const byDefault = { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn };
    new aws.s3.BucketServerSideEncryptionConfiguration(
      name,
      { bucket, rules: [{ applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled: true }] },
      opts,
    );
  }

  #keepVersions(name: string, { bucket }: aws.s3.Bucket, opts: pulumi.CustomResourceOptions): aws.s3.BucketVersioning {
    return new aws.s3.BucketVersioning(name, { bucket, versioningConfiguration: { status: "Enabled" } }, opts);
  }

  #expire(name: string, { bucket }: aws.s3.Bucket, zone: Zone, opts: pulumi.CustomResourceOptions): void {
    const rules: aws.types.input.s3.BucketLifecycleConfigurationRule[] = [
      {
        id: "abandoned-uploads",
        status: "Enabled",
        filter: {},
        abortIncompleteMultipartUpload: { daysAfterInitiation: ABANDONED_UPLOAD_DAYS },
      },
    ];
    if (!zone.writeOnce) {
      rules.push({
        id: "old-versions",
        status: "Enabled",
        filter: {},
        noncurrentVersionExpiration: { noncurrentDays: NONCURRENT_DAYS },
      });
    }
    if (zone.expireDays !== undefined) {
      rules.push({ id: "retention", status: "Enabled", filter: {}, expiration: { days: zone.expireDays } });
    }
    const args: aws.s3.BucketLifecycleConfigurationArgs = { bucket, rules };
    new aws.s3.BucketLifecycleConfiguration(name, this.#transform?.lifecycle?.(args, name) ?? args, opts);
  }

  #forbidOverwriting(name: string, { bucket }: aws.s3.Bucket, opts: pulumi.CustomResourceOptions): void {
    new aws.s3.BucketObjectLockConfiguration(
      name,
      { bucket, rule: { defaultRetention: { mode: "GOVERNANCE", days: WITNESS_RETENTION_DAYS } } },
      opts,
    );
  }
}

interface Zone {
  key: aws.kms.Key;
  bucketName?: string;
  expireDays?: number;
  /** Objects can neither be changed nor deleted for a year. */
  writeOnce?: boolean;
}
