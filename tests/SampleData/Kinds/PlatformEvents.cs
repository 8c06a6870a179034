namespace CloudTrailAggregation.SampleData.Kinds;

/// <summary>
/// Lambda, DynamoDB, CloudFormation, logs, queues, databases, the console, and CloudTrail's own events.
/// </summary>
internal static class PlatformEvents
{
    private const string FunctionArn = "arn:aws:lambda:@{region}:@{account}:function:@{function}";
    private const string TableArn = "arn:aws:dynamodb:@{region}:@{account}:table/@{table}";
    private const string Configuration = $$$"""
        "functionName": "@{function}", "functionArn": "{{{FunctionArn}}}", "runtime": "python3.12",
        "role": "arn:aws:iam::@{account}:role/@{role}", "handler": "app.handler",
        "codeSize": @{int:900:40000000}, "description": "@{note}", "timeout": 30, "memorySize": 512,
        "lastModified": "@{time:yyyy-MM-ddTHH:mm:ss}.000+0000", "codeSha256": "@{base64:43}=", "version": "$LATEST",
        "vpcConfig": {"subnetIds": ["@{subnet}", "@{subnet#2}"], "securityGroupIds": ["@{securityGroup}"],
        "vpcId": "@{vpc}", "ipv6AllowedForDualStack": false}, "environment": {},
        "tracingConfig": {"mode": "Active"}, "revisionId": "@{uuid}",
        "layers": [{"arn": "arn:aws:lambda:@{region}:@{account}:layer:common:@{int:1:200}",
        "codeSize": @{int:900:9000000}, "uncompressedCodeSize": 0}],
        "state": "Active", "lastUpdateStatus": "InProgress", "lastUpdateStatusReason": "The function is being created.",
        "packageType": "Zip", "architectures": ["arm64"], "ephemeralStorage": {"size": 512},
        "snapStart": {"applyOn": "None", "optimizationStatus": "Off"}, "loggingConfig": {"logFormat": "Text",
        "logGroup": "@{logGroup}"}
        """;

    public static readonly Event[] All =
    [
        new(240, Caller.Service, "lambda", "Invoke")
        {
            Via = "apigateway.amazonaws.com", Category = "Data", IsRead = false, FailurePercent = 0,
            ApiVersion = "2015-03-31",
            Request = $$"""
                {"functionName": "{{FunctionArn}}",
                "sourceArn": "arn:aws:execute-api:@{region}:@{account}:@{hex:10#4}/prod/POST/@{service}"}
                """,
            Additional = $$"""{"functionVersion": "{{FunctionArn}}:$LATEST"}""",
            Resources =
                $$"""[{"accountId": "@{account}", "type": "AWS::Lambda::Function", "ARN": "{{FunctionArn}}"}]""",
        },
        new(110, Caller.Workload, "lambda", "GetFunctionConfiguration20150331v2")
        {
            Request = """{"functionName": "@{function}"}""",
        },
        new(50, Caller.Person, "lambda", "ListFunctions20150331")
        {
            Request = """{"maxItems": 50, "functionVersion": "ALL"}""",
        },
        new(6, Caller.Deployer, "lambda", "UpdateFunctionCode20150331v2")
        {
            Request = """
                {"functionName": "@{function}", "s3Bucket": "@{bucket}", "s3Key": "@{service}/@{hex:40}.zip",
                "publish": false, "dryRun": false}
                """,
            Response = $$"""{{{Configuration}}}""",
        },
        new(3, Caller.Deployer, "lambda", "CreateFunction20150331")
        {
            FailurePercent = 15, ErrorCode = "InvalidParameterValueException",
            ErrorMessage = "The role defined for the function cannot be assumed by Lambda.",
            Request = """
                {"functionName": "@{function}", "runtime": "python3.12", "role": "arn:aws:iam::@{account}:role/@{role}",
                "handler": "app.handler", "code": {"s3Bucket": "@{bucket}", "s3Key": "@{service}/@{hex:40}.zip"},
                "description": "@{note}", "timeout": 30, "memorySize": 512, "publish": false,
                "vpcConfig": {"subnetIds": ["@{subnet}", "@{subnet#2}"], "securityGroupIds": ["@{securityGroup}"]},
                "packageType": "Zip", "tracingConfig": {"mode": "Active"}, "environment": {},
                "tags": {"owner": "@{displayName}"}, "architectures": ["arm64"]}
                """,
            Response = $$"""{{{Configuration}}}""",
        },
        new(170, Caller.Workload, "dynamodb", "Query")
        {
            Request = """
                {"tableName": "@{table}", "indexName": "by-customer",
                "keyConditionExpression": "#pk = :pk AND begins_with(#sk, :sk)", "limit": 50, "scanIndexForward": false,
                "expressionAttributeNames": {"#pk": "pk", "#sk": "sk"}}
                """,
            Category = "Data",
            RequestId = "@{upper:52}",
            Resources = $$"""[{"accountId": "@{account}", "type": "AWS::DynamoDB::Table", "ARN": "{{TableArn}}"}]""",
        },
        new(90, Caller.Workload, "dynamodb", "PutItem")
        {
            Category = "Data", RequestId = "@{upper:52}",
            Request = """
                {"tableName": "@{table}", "key": {"pk": "CUSTOMER#@{hex:12}", "sk": "ORDER#@{uuid}"},
                "items": ["pk", "sk", "gsi1pk", "createdAt", "total"]}
                """,
            Resources = $$"""[{"accountId": "@{account}", "type": "AWS::DynamoDB::Table", "ARN": "{{TableArn}}"}]""",
            FailurePercent = 5, ErrorCode = "ConditionalCheckFailedException",
            ErrorMessage = "The conditional request failed",
        },
        new(60, Caller.Workload, "dynamodb", "DescribeTable")
        {
            Request = """{"tableName": "@{table}"}""",
            RequestId = "@{upper:52}",
            ApiVersion = "2012-08-10",
            Resources = $$"""[{"accountId": "@{account}", "type": "AWS::DynamoDB::Table", "ARN": "{{TableArn}}"}]""",
        },
        new(220, Caller.Workload, "logs", "CreateLogStream")
        {
            Request = """{"logGroupName": "@{logGroup}", "logStreamName": "@{time:yyyy/MM/dd}/[$LATEST]@{hex:32}"}""",
            ApiVersion = "20140328",
            FailurePercent = 4, ErrorCode = "ResourceAlreadyExistsException",
            ErrorMessage = "The specified log stream already exists",
        },
        new(70, Caller.Workload, "logs", "DescribeLogGroups")
        {
            Request = """{"logGroupNamePrefix": "@{logGroup}", "limit": 50}""",
            ApiVersion = "20140328",
        },
        new(60, Caller.Workload, "logs", "DescribeLogStreams")
        {
            Request = """{"logGroupName": "@{logGroup}", "orderBy": "LastEventTime", "descending": true, "limit": 5}""",
            ApiVersion = "20140328",
            FailurePercent = 8,
            ErrorCode = "ThrottlingException",
            ErrorMessage = "Rate exceeded",
        },
        new(120, Caller.Workload, "monitoring", "DescribeAlarms")
        {
            Request = """{"alarmNamePrefix": "@{service}", "maxRecords": 100, "stateValue": "ALARM"}""",
        },
        new(60, Caller.Person, "monitoring", "GetMetricData")
        {
            Request = """
                {"metricDataQueries": "HIDDEN_DUE_TO_SECURITY_REASONS", "startTime": "@{time:MMM d, yyyy h:mm:ss tt}",
                "endTime": "@{time:MMM d, yyyy h:mm:ss tt}", "maxDatapoints": 500}
                """,
        },
        new(50, Caller.Workload, "sqs", "GetQueueAttributes")
        {
            Request = """
                {"queueUrl": "https://sqs.@{region}.amazonaws.com/@{account}/@{queue}", "attributeNames": ["All"]}
                """,
            Resources = """
                [{"accountId": "@{account}", "type": "AWS::SQS::Queue",
                "ARN": "arn:aws:sqs:@{region}:@{account}:@{queue}"}]
                """,
        },
        new(70, Caller.Workload, "rds", "DescribeDBInstances")
        {
            Request = """{"dBInstanceIdentifier": "@{database}", "maxRecords": 100}""",
        },
        new(30, Caller.Person, "rds", "DescribeDBClusters") { Request = """{"includeShared": false}""" },
        new(40, Caller.Person, "cloudformation", "DescribeStacks")
        {
            Request = """{"stackName": "@{stack}"}""",
            FailurePercent = 6,
            ErrorCode = "ValidationException",
            ErrorMessage = "Stack with id @{stack} does not exist",
        },
        new(30, Caller.Deployer, "cloudformation", "DescribeStackEvents")
        {
            Request = """{"stackName": "arn:aws:cloudformation:@{region}:@{account}:stack/@{stack}/@{uuid#7}"}""",
        },
        new(3, Caller.Deployer, "cloudformation", "CreateChangeSet")
        {
            Request = """
                {"stackName": "@{stack}", "changeSetName": "cdk-deploy-change-set", "changeSetType": "UPDATE",
                "description": "@{note}", "includeNestedStacks": true,
                 "capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
                 "templateURL": "https://s3.@{region}.amazonaws.com/@{bucket}/@{hex:64}.json",
                 "roleARN": "arn:aws:iam::@{account}:role/@{role}",
                 "parameters": [{"parameterKey": "Stage", "parameterValue": "****"},
                 {"parameterKey": "Function", "usePreviousValue": true, "parameterValue": "****"},
                 {"parameterKey": "Artifact", "parameterValue": "@{base64:220}=="},
                 {"parameterKey": "Subnets", "parameterValue": "@{subnet},@{subnet#2},@{subnet#3}"}],
                 "tags": [{"key": "owner", "value": "@{displayName}"}, {"key": "commit", "value": "@{hex:40}"},
                 {"key": "remark", "value": "@{note}"}]}
                """,
            Response = """
                {"id": "arn:aws:cloudformation:@{region}:@{account}:changeSet/cdk-deploy-change-set/@{uuid}",
                "stackId": "arn:aws:cloudformation:@{region}:@{account}:stack/@{stack}/@{uuid#7}"}
                """,
        },
        new(2, Caller.Deployer, "cloudformation", "ExecuteChangeSet")
        {
            Request = """
                {"changeSetName": "cdk-deploy-change-set", "stackName": "@{stack}", "clientRequestToken": "exec@{uuid}"}
                """,
        },
        new(60, Caller.Service, "config", "PutEvaluations")
        {
            Via = "config.amazonaws.com",
            Request = """
                {"evaluations": [{"complianceResourceType": "AWS::S3::Bucket", "complianceResourceId": "@{bucket}",
                "complianceType": "COMPLIANT", "orderingTimestamp": "@{time:MMM d, yyyy h:mm:ss tt}"}],
                "testMode": false}
                """,
            Response = """{"failedEvaluations": []}""",
            FailurePercent = 0,
        },
        new(40, Caller.Person, "cloudtrail", "LookupEvents")
        {
            Request =
                """{"maxResults": 50, "lookupAttributes": [{"attributeKey": "ReadOnly", "attributeValue": "false"}]}""",
            FailurePercent = 10,
            ErrorCode = "ThrottlingException",
            ErrorMessage = "Rate exceeded",
        },
        new(30, Caller.Person, "cloudtrail", "DescribeTrails")
        {
            Request = """{"includeShadowTrails": true, "trailNameList": []}""",
        },
        new(1, Caller.Person, "cloudtrail", "StopLogging")
        {
            Request = """{"name": "arn:aws:cloudtrail:@{region}:@{account}:trail/organization"}""",
            FailurePercent = 60,
            ErrorMessage = "User: @{caller} is not authorized to perform: {action} on resource: "
                + "arn:aws:cloudtrail:@{region}:@{account}:trail/organization "
                + "with an explicit deny in a service control policy",
        },
        new(20, Caller.Person, "health", "DescribeEventAggregates")
        {
            Request = """
                {"filter": {"startTimes": [{"from": "@{time:MMM d, yyyy h:mm:ss tt}"}],
                "eventStatusCodes": ["open", "upcoming"]}, "aggregateField": "eventTypeCategory"}
                """,
            FailurePercent = 0,
        },
        new(20, Caller.Person, "tagging", "GetResources")
        {
            Request = """
                {"paginationToken": "", "tagFilters": [{"key": "owner", "values": ["@{displayName}"]}],
                "resourcesPerPage": 100}
                """,
        },
        new(4, Caller.Root, "billingconsole", "GetBillsForBillingPeriod")
        {
            Request = """{"map": {"month": "1", "year": "2024"}}""",
            Type = "AwsConsoleAction",
            RequestId = "",
            IsGlobal = true,
            FailurePercent = 0,
        },
        new(8, Caller.Person, "athena", "StartQueryExecution")
        {
            Request = """
                {"queryString": "***OMITTED***", "clientRequestToken": "@{uuid}",
                "queryExecutionContext": {"database": "audit", "catalog": "AwsDataCatalog"},
                "resultConfiguration": {"outputLocation": "s3://@{bucket}/athena/"}, "workGroup": "primary"}
                """,
            Response = """{"queryExecutionId": "@{uuid}"}""",
        },
        new(30, Caller.Workload, "glue", "GetTable")
        {
            Request = """{"databaseName": "audit", "name": "@{table}"}""",
            Via = "athena.amazonaws.com",
            FailurePercent = 6,
            ErrorCode = "EntityNotFoundException",
            ErrorMessage = "Entity Not Found (Service: AWSGlue; Status Code: 400; Error Code: EntityNotFoundException; "
                + "Request ID: @{uuid}; Proxy: null)",
        },
        Insight(1, "Start"),
        Insight(1, "End"),
    ];

    private static Event Insight(int weight, string state) => new(weight, Caller.Workload, "cloudtrail", "Insight")
    {
        Line = """
            {
              "eventVersion": "1.08", "eventTime": "@{time}", "awsRegion": "@{region}", "eventID": "@{uuid}",
              "eventType": "AwsCloudTrailInsight",
              "recipientAccountId": "@{account}", "sharedEventID": "@{uuid}",
              "insightDetails": {
                "state": "STATE", "eventSource": "ssm.amazonaws.com", "eventName": "UpdateInstanceInformation",
                "insightType": "ApiCallRateInsight",
                "insightContext": {
                  "statistics": {"baseline": {"average": 0.@{int:1000:9999}1},
                  "insight": {"average": @{int:2:60}.@{int:1:9}}, "insightDuration": @{int:1:30},
                  "baselineDuration": 10080},
                  "attributions": [
                    {"attribute": "userIdentityArn", "insight": [{"value": "@{caller}",
                    "average": @{int:1:50}.@{int:1:9}}], "baseline": []},
                    {"attribute": "userAgent", "insight": [{"value": "@{agent}", "average": @{int:1:50}.@{int:1:9}}],
                    "baseline": [{"value": "@{agent}", "average": 0.0@{int:100:999}1}]},
                    {"attribute": "errorCode", "insight": [{"value": "null", "average": @{int:1:50}.@{int:1:9}}],
                    "baseline": [{"value": "null", "average": 0.0@{int:100:999}1}]}
                  ]
                }
              },
              "eventCategory": "Insight"
            }
            """.Replace("STATE", state, StringComparison.Ordinal),
    };
}
