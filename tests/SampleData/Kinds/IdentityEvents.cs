namespace CloudTrailAggregation.SampleData.Kinds;

/// <summary>STS, IAM, sign-in.</summary>
internal static class IdentityEvents
{
    private const string RoleArn = "arn:aws:iam::@{account}:role/@{role}";
    private const string Credentials = """
        "credentials": {"accessKeyId": "ASIA@{key:16#1}", "sessionToken": "IQoJb3JpZ2luX2VjE@{base64:443}=",
        "expiration": "@{time:MMM d, yyyy h:mm:ss tt}"}
        """;
    private const string RoleResources =
        $$"""[{"accountId": "@{account}", "type": "AWS::IAM::Role", "ARN": "{{RoleArn}}"}]""";
    private const string NotAuthorizedToAssume =
        $"User: @{{caller}} is not authorized to perform: sts:AssumeRole on resource: {RoleArn}";

    public static readonly Event[] All =
    [
        new(320, Caller.Service, "sts", "AssumeRole")
        {
            Via = "lambda.amazonaws.com", Resources = RoleResources,
            Request = $$"""{"roleArn": "{{RoleArn}}", "roleSessionName": "@{function}"}""",
            Response = $$"""{{{Credentials}}, "assumedRoleUser": {{Assumed("@{function}")}} }""", FailurePercent = 0,
        },
        new(120, Caller.Service, "sts", "AssumeRole")
        {
            Via = "ec2.amazonaws.com", Resources = RoleResources,
            Request = $$"""{"roleArn": "{{RoleArn}}", "roleSessionName": "@{instance}"}""",
            Response = $$"""{{{Credentials}}, "assumedRoleUser": {{Assumed("@{instance}")}} }""", FailurePercent = 0,
        },
        new(90, Caller.Workload, "sts", "AssumeRole")
        {
            Resources = RoleResources, ErrorMessage = NotAuthorizedToAssume, FailurePercent = 8,
            Request = $$"""
                {"roleArn": "{{RoleArn}}", "roleSessionName": "@{service}", "externalId": "@{hex:32#9}",
                "durationSeconds": 3600, "tags": [{"key": "tenant", "value": "@{int:100:999#3}"}]}
                """,
            Response = $$"""
                {{{Credentials}}, "assumedRoleUser": {{Assumed("@{service}")}}, "packedPolicySize": @{int:1:20} }
                """,
        },
        new(60, Caller.OtherAccount, "sts", "AssumeRole")
        {
            Resources = RoleResources, ErrorMessage = NotAuthorizedToAssume, FailurePercent = 5,
            Request =
                $$"""{"roleArn": "{{RoleArn}}", "roleSessionName": "partner-exchange", "externalId": "@{hex:32#9}"}""",
            Response = $$"""{{{Credentials}}, "assumedRoleUser": {{Assumed("partner-exchange")}} }""",
        },
        new(30, Caller.WebIdentity, "sts", "AssumeRoleWithWebIdentity")
        {
            Resources = RoleResources, IsRead = true,
            ErrorMessage = "Not authorized to perform sts:AssumeRoleWithWebIdentity",
            Request = $$"""{"roleArn": "{{RoleArn}}", "roleSessionName": "pipeline", "durationSeconds": 3600}""",
            Response = $$"""
                {{{Credentials}}, "subjectFromWebIdentityToken": "repo:@{repository}:ref:refs/heads/main",
                "assumedRoleUser": {{Assumed("pipeline")}},
                "provider": "arn:aws:iam::@{account}:oidc-provider/token.actions.example.com",
                "audience": "sts.amazonaws.com"}
                """,
        },
        new(130, Caller.Workload, "sts", "GetCallerIdentity") { IsGlobal = true, FailurePercent = 0 },
        Iam(45, "GetRole", """{"roleName": "@{role}"}""") with
        {
            FailurePercent = 10, ErrorCode = "NoSuchEntityException",
            ErrorMessage = "The role with name @{role} cannot be found.",
        },
        Iam(40, "ListRoles", """{"maxItems": 1000}"""),
        Iam(38, "ListAttachedRolePolicies", """{"roleName": "@{role}"}"""),
        Iam(
            30, "GetPolicyVersion",
            """{"policyArn": "arn:aws:iam::@{account}:policy/@{service}-policy", "versionId": "v@{int:1:5}"}"""),
        Iam(24, "GetUser", """{"userName": "@{person}"}"""),
        Iam(20, "ListUsers", "null"),
        Iam(16, "ListAccessKeys", """{"userName": "@{person}"}"""),
        Iam(12, "GetAccountSummary", "null") with { Caller = Caller.Root },
        Iam(10, "GenerateServiceLastAccessedDetails", $$"""{"granularity": "ACTION_LEVEL", "arn": "{{RoleArn}}"}""")
            with { Response = """{"jobId": "@{uuid}"}""" },
        Iam(4, "CreateRole", $$"""
            {"path": "/service-role/", "roleName": "@{role}", "description": "@{note}",
            "assumeRolePolicyDocument": {{Policies.LambdaTrust}}, "maxSessionDuration": 3600}
            """) with
        {
            Caller = Caller.Deployer,
            Response = $$"""
                {"role": {"path": "/service-role/", "roleName": "@{role}", "roleId": "AROA@{key:17#2}",
                "arn": "arn:aws:iam::@{account}:role/service-role/@{role}",
                "createDate": "@{time:MMM d, yyyy h:mm:ss tt}", "assumeRolePolicyDocument": {{Policies.LambdaTrust}},
                "description": "@{note}", "maxSessionDuration": 3600} }
                """,
        },
        Iam(
            5, "PutRolePolicy",
            $$"""{"roleName": "@{role}", "policyName": "access", "policyDocument": {{Policies.ReadBucketAndTable}} }""")
            with { Caller = Caller.Deployer },
        Iam(3, "CreatePolicyVersion", $$"""
            {"policyArn": "arn:aws:iam::@{account}:policy/@{service}-policy",
            "policyDocument": {{Policies.ReadBucketAndTable}}, "setAsDefault": true}
            """) with
        {
            Caller = Caller.Deployer,
            Response = """
                {"policyVersion": {"versionId": "v@{int:2:90}", "isDefaultVersion": true,
                "createDate": "@{time:MMM d, yyyy h:mm:ss tt}"}}
                """,
        },
        Iam(2, "UpdateAssumeRolePolicy", $$"""{"roleName": "@{role}", "policyDocument": {{Policies.PipelineTrust}} }""")
            with { Caller = Caller.Deployer },
        Iam(4, "AttachRolePolicy", """
            {"roleName": "@{role}", "policyArn": "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"}
            """)
            with { Caller = Caller.Deployer },
        Iam(
            3, "CreateRole",
            $$"""{"roleName": "@{role}", "assumeRolePolicyDocument": {{Policies.LambdaTrust}} }""") with
        {
            Caller = Caller.Deployer, Via = "cloudformation.amazonaws.com", FailurePercent = 30,
            ErrorCode = "EntityAlreadyExistsException",
            ErrorMessage = "Role with name @{role} already exists.",
        },
        Iam(1, "CreateUser", """
            {"path": "/", "userName": "@{person}", "tags": [{"key": "displayName", "value": "@{displayName}"}]}
            """) with
        {
            Response = """
                {"user": {"path": "/", "userName": "@{person}", "userId": "AIDA@{key:17#2}",
                "arn": "arn:aws:iam::@{account}:user/@{person}", "createDate": "@{time:MMM d, yyyy h:mm:ss tt}",
                "tags": [{"key": "displayName", "value": "@{displayName}"}]}}
                """,
        },
        Iam(1, "CreateAccessKey", """{"userName": "@{person}"}""") with
        {
            FailurePercent = 20,
            Response = """
                {"accessKey": {"accessKeyId": "AKIA@{key:16#1}", "status": "Active", "userName": "@{person}",
                "createDate": "@{time:MMM d, yyyy h:mm:ss tt}"}}
                """,
        },
        Iam(
            1, "DeactivateMFADevice",
            """{"userName": "@{person}", "serialNumber": "arn:aws:iam::@{account}:mfa/@{person}"}"""),
        SignIn(9, Caller.IamUser, mfa: "Yes"),
        SignIn(3, Caller.IamUser, mfa: "No"),
        SignIn(2, Caller.Root, mfa: "Yes"),
        SignIn(1, Caller.Root, mfa: "No"),
        SignIn(3, Caller.IamUser, mfa: "No") with
        {
            FailurePercent = 100, ErrorCode = null, ErrorMessage = "Failed authentication",
            FailedResponse = """{"ConsoleLogin": "Failure"}""",
        },
        SignIn(7, Caller.IamUser, mfa: "Yes") with
        {
            Name = "CheckMfa", Response = """{"CheckMfa": "Success"}""", Additional = """{"MfaType": "Virtual MFA"}""",
        },
        SignIn(4, Caller.Person, mfa: "No") with
        {
            Name = "SwitchRole", Response = """{"SwitchRole": "Success"}""",
            Additional = $$"""
                {"SwitchFrom": "@{caller}",
                "RedirectTo": "https://@{region}.console.aws.amazon.com/s3/buckets?region=@{region}#"}
                """,
        },
        new(12, Caller.Person, "sso", "GetRoleCredentials")
        {
            RequestId = "@{uuid}", Details = """{"role_name": "PowerUserAccess", "account_id": "@{account}"}""",
            FailurePercent = 0,
        },
    ];

    private static string Assumed(string session) => $$"""
        {"assumedRoleId": "AROA@{key:17#2}:{{session}}",
        "arn": "arn:aws:sts::@{account}:assumed-role/@{role}/{{session}}"}
        """;

    private static Event Iam(int weight, string name, string request) =>
        new(weight, Caller.Person, "iam", name) { Request = request, IsGlobal = true };

    private static Event SignIn(int weight, Caller caller, string mfa) => new(weight, caller, "signin", "ConsoleLogin")
    {
        Response = """{"ConsoleLogin": "Success"}""", RequestId = "", Type = "AwsConsoleSignIn", IsGlobal = true,
        FailurePercent = 0,
        Additional = $$"""
            {"LoginTo":
            "https://console.aws.amazon.com/console/home?hashArgs=%23&isauthcode=true&state=hashArgsFromTB_@{region}_@{hex:16}",
            "MobileVersion": "No", "MFAUsed": "{{mfa}}"}
            """,
    };
}
