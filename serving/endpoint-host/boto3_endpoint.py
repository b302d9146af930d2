"""Drives an endpoint host with boto3 as it comes: create, invoke, update, a canary, a bad update, delete. Prints one JSON line per step."""

import json
import sys
import time

import boto3
from botocore.exceptions import ClientError

host, good_uri, corrupt_uri = sys.argv[1:]
settings = dict(endpoint_url=host, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
sagemaker = boto3.client("sagemaker", **settings)
runtime = boto3.client("sagemaker-runtime", **settings)


def configure(name, uri, version):
    source = {"S3DataSource": {"S3Uri": uri, "S3DataType": "S3Prefix", "CompressionType": "None"}}
    environment = {"FALCONRY_MODEL_NAME": "fair", "FALCONRY_MODEL_VERSION": str(version)}
    container = {"Image": "falconry/inference:0.1.0", "ModelDataSource": source, "Environment": environment}
    role = "arn:aws:iam::000000000000:role/inference"
    sagemaker.create_model(ModelName=name, ExecutionRoleArn=role, PrimaryContainer=container)
    variant = {"VariantName": "live", "ModelName": name, "InitialInstanceCount": 2, "InstanceType": "ml.m5.large"}
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])


def settled():
    while True:
        endpoint = sagemaker.describe_endpoint(EndpointName="boto3")
        if not endpoint["EndpointStatus"].endswith("ing"):
            return endpoint
        time.sleep(0.1)


def report(step):
    endpoint = settled()
    answer = runtime.invoke_endpoint(EndpointName="boto3", ContentType="text/csv", Body="mass\n1\n")
    prediction = json.load(answer["Body"])["predictions"][0]
    reason = endpoint.get("FailureReason", "")
    state = {"status": endpoint["EndpointStatus"], "config": endpoint["EndpointConfigName"], "failed": "ping health check" in reason}
    print(json.dumps({"step": step, "variant": answer["InvokedProductionVariant"], "version": prediction["model"]["version"], **state}))


configure("boto3-1", good_uri, 1)
configure("boto3-2", good_uri, 2)
configure("boto3-3", corrupt_uri, 3)
sagemaker.create_endpoint(EndpointName="boto3", EndpointConfigName="boto3-1")
report("create")
sagemaker.update_endpoint(EndpointName="boto3", EndpointConfigName="boto3-2")
report("update")
routing = {"Type": "CANARY", "WaitIntervalInSeconds": 1, "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 50}}
policy = {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing, "TerminationWaitInSeconds": 0}}
sagemaker.update_endpoint(EndpointName="boto3", EndpointConfigName="boto3-1", DeploymentConfig=policy)
stages = set()
while (endpoint := sagemaker.describe_endpoint(EndpointName="boto3"))["EndpointStatus"] == "Updating":
    pending = endpoint["PendingDeploymentSummary"]
    stages.add((pending["EndpointConfigName"], pending["ProductionVariants"][0]["VariantStatus"][0]["Status"]))
    time.sleep(0.05)
kept = endpoint["LastDeploymentConfig"] == policy
print(json.dumps({"step": "pending", "stages": sorted(stages - {("boto3-1", "ActivatingTraffic")}), "kept": kept}))
report("canary")
sagemaker.update_endpoint(EndpointName="boto3", EndpointConfigName="boto3-3")
report("bad update")
try:
    runtime.invoke_endpoint(EndpointName="boto3", ContentType="text/csv", Body="mass\nheavy\n")
except runtime.exceptions.ModelError as error:
    original = json.loads(error.response["OriginalMessage"])["error"]["code"]
    print(json.dumps({"step": "bad rows", "status": error.response["OriginalStatusCode"], "code": original}))
sagemaker.delete_endpoint(EndpointName="boto3")
sagemaker.get_waiter("endpoint_deleted").wait(EndpointName="boto3", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
for name in ("boto3-1", "boto3-2", "boto3-3"):
    sagemaker.delete_endpoint_config(EndpointConfigName=name)
    sagemaker.delete_model(ModelName=name)
try:
    sagemaker.describe_endpoint(EndpointName="boto3")
except ClientError as error:
    print(json.dumps({"step": "delete", "code": error.response["Error"]["Code"], "models": sagemaker.list_models()["Models"]}))
