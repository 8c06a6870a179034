"""Creates the stack of cloudformation.yml on an S3-, Lambda- and CloudFormation-compatible server,
with the parameters given as a JSON object on standard input, and prints what is there afterwards as JSON.

    python3 stack.py ENDPOINT < parameters.json
"""

import ast
import io
import json
import pathlib
import sys
import zipfile

import boto3

TEMPLATE = pathlib.Path(__file__).parents[2] / "cloudformation.yml"
STACK    = "cloudtrail"
FUNCTION = "cloudtrail-month-to-parquet"


def main(endpoint, parameters):
    def client(service):
        return boto3.client(service, region_name="us-east-1", endpoint_url=endpoint,
                            aws_access_key_id="test", aws_secret_access_key="test")

    upload_code(client)
    create_stack(client, endpoint, {
        "CodeBucket": "code-bucket", "CodeKey": "function.zip", "LayerKey": "layer.zip",
        "SrcBucket": "daily-bucket", "DstBucket": "monthly-bucket", **parameters})
    return read_back(client)


def upload_code(client):
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as z:
        z.writestr("CloudTrailAggregation.dll", "not run here")
    client("s3").create_bucket(Bucket="code-bucket")
    for key in ["function.zip", "layer.zip"]:
        client("s3").put_object(Bucket="code-bucket", Key=key, Body=zipped.getvalue())


def create_stack(client, endpoint, parameters):
    """Through S3, because CloudFormation takes a larger template from nowhere else."""
    client("s3").put_object(Bucket="code-bucket", Key="template", Body=TEMPLATE.read_bytes())
    client("cloudformation").create_stack(
        StackName=STACK,
        TemplateURL=endpoint.replace("127.0.0.1", "localhost").rstrip("/") + "/code-bucket/template",
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()])


def read_back(client):
    awslambda, events, iam, sqs = client("lambda"), client("events"), client("iam"), client("sqs")
    stack = client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    resources = client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
    function = awslambda.get_function(FunctionName=FUNCTION)["Configuration"]
    return {
        "status":    stack["StackStatus"],
        "outputs":   {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])},
        "resources": [r["LogicalResourceId"] for r in resources if "LogicalResourceId" in r],
        "function":  function,
        "allowed":   allowed_sources(awslambda),
        "mappings":  awslambda.list_event_source_mappings()["EventSourceMappings"],
        "rules":     {r["Name"].split("-")[1]: {**r, "Targets": events.list_targets_by_rule(Rule=r["Name"])["Targets"]}
                      for r in events.list_rules()["Rules"]},
        "policy":    statements(iam, function["Role"].split("/")[-1]),
        "queues":    {u.split("/")[-1]: sqs.get_queue_attributes(QueueUrl=u, AttributeNames=["All"])["Attributes"]
                      for u in sqs.list_queues().get("QueueUrls", [])},
        "logGroups": {g["logGroupName"]: g["retentionInDays"] for g in client("logs").describe_log_groups()["logGroups"]},
        "layers":    {l["LayerName"]: l["LatestMatchingVersion"] for l in awslambda.list_layers()["Layers"]},
        "machines":  [m["name"] for m in client("stepfunctions").list_state_machines()["stateMachines"]],
        "alarms":    [a["AlarmName"] for a in client("cloudwatch").describe_alarms()["MetricAlarms"]],
    }


def statements(iam, role):
    """moto keeps the document as Python prints it, with None for AWS::NoValue."""
    document = iam.get_role_policy(RoleName=role, PolicyName="OperationalPolicy")["PolicyDocument"]
    if isinstance(document, str):
        document = ast.literal_eval(document)
    return [s for s in document["Statement"] if s]


def allowed_sources(awslambda):
    try:
        policy = json.loads(awslambda.get_policy(FunctionName=FUNCTION)["Policy"])
    except awslambda.exceptions.ResourceNotFoundException:
        return []
    return [s["Condition"]["ArnLike"]["AWS:SourceArn"] for s in policy["Statement"]
            if s["Action"] == "lambda:InvokeFunction" and s["Principal"]["Service"] == "events.amazonaws.com"]


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], json.load(sys.stdin)), default=str))
