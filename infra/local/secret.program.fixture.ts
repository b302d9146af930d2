import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const password = pulumi.secret(new pulumi.Config("falconry").require("password"));
const first = new aws.ssm.Parameter("first", { name: "/password", type: "SecureString", value: password });
new aws.ssm.Parameter("second", { name: "/made-from-it", type: "SecureString", value: pulumi.interpolate`<${first.value}>` });
