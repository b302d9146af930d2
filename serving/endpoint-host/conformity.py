"""Calls every operation of an endpoint host through boto3, and holds each raw answer against botocore's description of SageMaker."""

import json
import sys
import time
from collections import Counter

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

url, aws_url, model_uri, mortal = sys.argv[1:]
answers, errors, problems = Counter(), set(), []


def check(shape, value, where):
    """Everything that the answer holds is described, is of its type and within its limits; nothing that is required is missing."""
    kind = shape.type_name
    expected = {"structure": dict, "map": dict, "list": list, "string": str, "boolean": bool, "integer": int, "long": int}
    numbers = (int, float)
    if not isinstance(value, expected.get(kind, numbers)) or (kind != "boolean" and isinstance(value, bool)):
        return problems.append(f"{where}: {value!r} is no {kind}")
    if kind == "structure":
        for name in set(value) - set(shape.members):
            problems.append(f"{where}: {name} is not described")
        for name in set(shape.required_members) - set(value):
            problems.append(f"{where}: {name} is missing")
        for name in set(value) & set(shape.members):
            check(shape.members[name], value[name], f"{where}.{name}")
    if kind == "map":
        for name, member in value.items():
            check(shape.value, member, f"{where}.{name}")
    if kind == "list":
        for index, member in enumerate(value):
            check(shape.member, member, f"{where}[{index}]")
    if kind == "string" and shape.enum and value not in shape.enum:
        problems.append(f"{where}: {value} is none of {shape.enum}")
    size = len(value) if kind in ("string", "list", "map") else value if kind in ("integer", "long", "float", "double") else 0
    if not shape.metadata.get("min", size) <= size <= shape.metadata.get("max", size):
        problems.append(f"{where}: {size} is not within {shape.metadata}")


def hold_against_description(operation_model, response_dict, **_):
    """Before botocore reads the answer: it leaves out in silence what it does not know."""
    name, status, headers = operation_model.name, response_dict["status_code"], response_dict["headers"]
    body = response_dict["body"]
    if not headers.get("x-amzn-requestid"):
        problems.append(f"{name}: no request id")
    if status >= 300:
        error = json.loads(body)
        code = error["__type"]
        errors.add(f"{name} {code} {status}")
        declared = {shape.name: shape for shape in operation_model.error_shapes}
        if headers.get("x-amzn-errortype", code) != code or not error["message"]:
            problems.append(f"{name}: {code} is not told alike everywhere")
        if code not in declared:
            return None if code == "ValidationException" else problems.append(f"{name}: {code} is not described")
        if declared[code].metadata.get("error", {}).get("httpStatusCode", 400) != status:
            problems.append(f"{name}: {code} has the status {status}")
        return check(declared[code], {key: value for key, value in error.items() if key in declared[code].members}, f"{name} {code}")
    answers[name] += 1
    output = operation_model.output_shape
    if name == "InvokeEndpoint":
        described = {shape.serialization["name"].lower() for shape in output.members.values() if shape.serialization.get("location") == "header"}
        for header in headers:
            if header.lower().startswith("x-amzn-") and header.lower() not in described | {"x-amzn-requestid"}:
                problems.append(f"{name}: header {header} is not described")
    elif output is not None:
        check(output, json.loads(body), name)
    return None


def client(service, endpoint_url=url):
    settings = Config(retries={"total_max_attempts": 1})
    credentials = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client(service, endpoint_url=endpoint_url, region_name="us-east-1", config=settings, **credentials)


sagemaker, runtime = client("sagemaker"), client("sagemaker-runtime")
for host in (sagemaker, runtime):
    host.meta.events.register("before-parse", hold_against_description)


def refused(call, **request):
    try:
        call(**request)
        problems.append(f"{request} was not refused")
    except ClientError:
        pass


def settled(name="e"):
    while True:
        endpoint = sagemaker.describe_endpoint(EndpointName=name)
        if not endpoint["EndpointStatus"].endswith("ing"):
            return endpoint
        time.sleep(0.1)


def model(name, **variables):
    source = {"S3DataSource": {"S3Uri": model_uri, "S3DataType": "S3Prefix", "CompressionType": "None"}}
    container = {"Image": "falconry/inference:0.1.0", "ModelDataSource": source, "Environment": variables}
    role = "arn:aws:iam::000000000000:role/inference"
    sagemaker.create_model(ModelName=name, ExecutionRoleArn=role, PrimaryContainer=container, Tags=[{"Key": "a", "Value": "1"}])


def config(name, model_name, instances=2):
    variant = {"VariantName": "live", "ModelName": model_name, "InitialInstanceCount": instances, "InstanceType": "ml.m5.large"}
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[{**variant, "InitialVariantWeight": 1}])


def invoke(body="mass\n1\n", name="e", **more):
    return runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Body=body, **more)


# What every operation answers.
model("fair", FALCONRY_MODEL_NAME="fair", FALCONRY_MODEL_VERSION="1")
model("mortal", NODE_OPTIONS=f"--import={mortal}")
for arguments in (("c1", "fair"), ("c2", "fair"), ("c3", "fair", 3), ("dying", "mortal")):
    config(*arguments)
arn = sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="c1", Tags=[{"Key": "a", "Value": "1"}])["EndpointArn"]
settled()
invoke(CustomAttributes="trace", InferenceId="one", TargetVariant="live")
sagemaker.describe_model(ModelName="fair")
sagemaker.describe_endpoint_config(EndpointConfigName="c1")
sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}])
sagemaker.delete_tags(ResourceArn=arn, TagKeys=["a"])
sagemaker.list_tags(ResourceArn=arn)
for listing in (sagemaker.list_models, sagemaker.list_endpoint_configs):
    token = listing(MaxResults=1)["NextToken"]
    listing(MaxResults=1, NextToken=token)
sagemaker.list_endpoints()
client("cloudwatch", aws_url).put_metric_alarm(
    AlarmName="conformity", Namespace="n", MetricName="m", Statistic="Sum", Period=10, EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold"
)
routing = {"Type": "CANARY", "WaitIntervalInSeconds": 1, "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1}}
deployment = {
    "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing, "TerminationWaitInSeconds": 1, "MaximumExecutionTimeoutInSeconds": 600},
    "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "conformity"}]},
}

# What each of them refuses.
for call, name in (
    (sagemaker.describe_model, "ModelName"),
    (sagemaker.delete_model, "ModelName"),
    (sagemaker.describe_endpoint_config, "EndpointConfigName"),
    (sagemaker.delete_endpoint_config, "EndpointConfigName"),
    (sagemaker.describe_endpoint, "EndpointName"),
    (sagemaker.delete_endpoint, "EndpointName"),
):
    refused(call, **{name: "nobody"})
refused(model, name="fair")
refused(config, name="c1", model_name="fair")
refused(sagemaker.create_endpoint, EndpointName="e", EndpointConfigName="c1")
refused(sagemaker.create_endpoint, EndpointName="f", EndpointConfigName="c3")
refused(sagemaker.update_endpoint, EndpointName="e", EndpointConfigName="c3")
for call in (sagemaker.list_models, sagemaker.list_endpoint_configs, sagemaker.list_endpoints):
    refused(call, NextToken="none of ours")
gone = f"{arn}-gone"
refused(sagemaker.add_tags, ResourceArn=gone, Tags=[{"Key": "a", "Value": "1"}])
refused(sagemaker.list_tags, ResourceArn=gone)
refused(sagemaker.delete_tags, ResourceArn=gone, TagKeys=["a"])
refused(invoke, name="nobody")
refused(invoke, TargetVariant="another")
refused(invoke, body="mass\nheavy\n")

# An endpoint in every state.
sagemaker.update_endpoint(EndpointName="e", EndpointConfigName="c2", DeploymentConfig=deployment)
refused(sagemaker.update_endpoint, EndpointName="e", EndpointConfigName="c1")
settled()
sagemaker.update_endpoint(EndpointName="e", EndpointConfigName="dying")
settled()
refused(invoke)
sagemaker.delete_endpoint(EndpointName="e")
sagemaker.get_waiter("endpoint_deleted").wait(EndpointName="e", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
sagemaker.delete_endpoint_config(EndpointConfigName="c1")
sagemaker.delete_model(ModelName="fair")

print(json.dumps({"answers": sorted(answers), "errors": sorted(errors), "problems": problems}))
