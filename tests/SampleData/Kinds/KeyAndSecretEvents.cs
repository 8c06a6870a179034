namespace CloudTrailAggregation.SampleData.Kinds;

/// <summary>KMS, Secrets Manager, Parameter Store.</summary>
internal static class KeyAndSecretEvents
{
    private const string KeyArn = "arn:aws:kms:@{region}:@{account}:key/@{kmsKey}";
    private const string KeyResources =
        $$"""[{"accountId": "@{account}", "type": "AWS::KMS::Key", "ARN": "{{KeyArn}}"}]""";
    private const string SecretArn = "arn:aws:secretsmanager:@{region}:@{account}:secret:@{secret}";

    public static readonly Event[] All =
    [
        Key(620, "Decrypt", $$"""
            {"encryptionContext": {"aws:s3:arn": "arn:aws:s3:::@{bucket}/@{objectFolder}"},
            "encryptionAlgorithm": "SYMMETRIC_DEFAULT"}
            """)
            with { Via = "s3.amazonaws.com" },
        Key(260, "Decrypt", $$"""
            {"encryptionContext": {"SecretARN": "{{SecretArn}}", "SecretVersionId": "@{uuid}"},
            "encryptionAlgorithm": "SYMMETRIC_DEFAULT"}
            """)
            with { Via = "secretsmanager.amazonaws.com" },
        Key(180, "Decrypt", $$"""
            {"keyId": "{{KeyArn}}", "encryptionAlgorithm": "SYMMETRIC_DEFAULT",
            "encryptionContext": {"aws:lambda:FunctionArn": "arn:aws:lambda:@{region}:@{account}:function:@{function}"}
            }
            """),
        Key(420, "GenerateDataKey", $$"""
            {"keyId": "{{KeyArn}}",
            "encryptionContext": {"aws:cloudtrail:arn": "arn:aws:cloudtrail:@{region}:@{account}:trail/organization",
            "aws:s3:arn": "arn:aws:s3:::@{bucket}/AWSLogs/@{account}/CloudTrail/"}, "keySpec": "AES_256"}
            """)
            with { Caller = Caller.Service, Via = "cloudtrail.amazonaws.com" },
        Key(150, "GenerateDataKey", $$"""
            {"keyId": "{{KeyArn}}", "encryptionContext": {"aws:s3:arn": "arn:aws:s3:::@{bucket}"}, "keySpec": "AES_256"}
            """)
            with { Via = "s3.amazonaws.com" },
        Key(30, "Encrypt", $$"""{"keyId": "{{KeyArn}}", "encryptionAlgorithm": "SYMMETRIC_DEFAULT"}"""),
        Key(12, "DescribeKey", $$"""{"keyId": "{{KeyArn}}"}""") with { Caller = Caller.Person },
        Key(2, "CreateGrant", $$"""
            {"keyId": "{{KeyArn}}", "granteePrincipal": "arn:aws:iam::@{account}:role/@{role}",
            "operations": ["Decrypt", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo"],
            "constraints": {"encryptionContextSubset": {"aws:ebs:id": "@{volume}"} } }
            """) with
        {
            Via = "ec2.amazonaws.com", Response = $$"""{"grantId": "@{hex:64}", "keyId": "{{KeyArn}}"}""",
            IsRead = false,
        },
        Key(1, "PutKeyPolicy", $$"""
            {"keyId": "{{KeyArn}}", "policyName": "default", "policy": {{Policies.KeyAdministration}},
            "bypassPolicyLockoutSafetyCheck": false}
            """)
            with { Caller = Caller.Deployer, IsRead = false },
        Key(1, "RotateKey", "null") with
        {
            Caller = Caller.ServiceEvent, Via = "kms.amazonaws.com", Type = "AwsServiceEvent", RequestId = "",
            IsRead = false, FailurePercent = 0,
            Details = $$"""{"keyId": "{{KeyArn}}"}""",
        },
        new(140, Caller.Workload, "secretsmanager", "GetSecretValue")
        {
            Request = $$"""{"secretId": "{{SecretArn}}", "versionStage": "AWSCURRENT"}""",
        },
        new(22, Caller.Person, "secretsmanager", "ListSecrets")
        {
            Request = """{"maxResults": 100, "sortOrder": "asc"}""",
        },
        new(14, Caller.Person, "secretsmanager", "DescribeSecret") { Request = $$"""{"secretId": "{{SecretArn}}"}""" },
        new(2, Caller.ServiceEvent, "secretsmanager", "EndSecretVersionDelete")
        {
            Via = "secretsmanager.amazonaws.com", Type = "AwsServiceEvent", FailurePercent = 0,
            RequestId = $"SecretDeleteMessage:{SecretArn}:@{{time}}:Forced",
            Additional = $$"""{"ARN": "{{SecretArn}}", "Name": "@{secret}"}""",
        },
        new(150, Caller.Workload, "ssm", "GetParameter")
        {
            Request = """{"name": "@{parameter}", "withDecryption": true}""", FailurePercent = 4,
            Resources =
                """[{"accountId": "@{account}", "ARN": "arn:aws:ssm:@{region}:@{account}:parameter@{parameter}"}]""",
        },
        new(90, Caller.Workload, "ssm", "GetParametersByPath")
        {
            Request = """{"path": "@{parameter}", "recursive": true, "withDecryption": true, "maxResults": 10}""",
        },
        new(260, Caller.Workload, "ssm", "UpdateInstanceInformation")
        {
            Request = """
                {"instanceId": "@{instance}", "agentVersion": "3.2.2016.0", "agentStatus": "Active",
                "platformType": "Linux", "platformName": "Amazon Linux", "platformVersion": "2023",
                "iPAddress": "@{privateIp}", "computerName": "ip-@{int:10:99}-@{int:0:255}.@{region}.compute.internal",
                "agentName": "amazon-ssm-agent", "availabilityZone": "@{region}a", "availabilityZoneId": "euc1-az2",
                "sSMConnectionChannel": "ssmmessages"}
                """,
        },
        new(6, Caller.Deployer, "ssm", "PutParameter")
        {
            Request = """
                {"name": "@{parameter}", "description": "@{note}", "value": "HIDDEN_DUE_TO_SECURITY_REASONS",
                "type": "SecureString", "overwrite": true, "tier": "Standard"}
                """,
            Response = """{"version": @{int:1:60}, "tier": "Standard"}""",
            Resources =
                """[{"accountId": "@{account}", "ARN": "arn:aws:ssm:@{region}:@{account}:parameter@{parameter}"}]""",
        },
    ];

    private static Event Key(int weight, string name, string request) => new(weight, Caller.Workload, "kms", name)
    {
        Request = request, Resources = KeyResources, IsRead = true,
        ErrorMessage = "User: @{caller} is not authorized to perform: {action} on resource: "
            + $"{KeyArn} because no resource-based policy allows the {{action}} action",
    };
}
