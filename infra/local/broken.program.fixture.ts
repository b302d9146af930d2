import * as aws from "@pulumi/aws";

const bucket = new aws.s3.Bucket("before", { bucket: "stands-before" });
const refused = new aws.s3.BucketPolicy("refused", { bucket: "nobody-made-this", policy: "{}" }, { dependsOn: [bucket] });
new aws.ssm.Parameter("after", { name: "/after", type: "String", value: refused.id });
