namespace CloudTrailAggregation.SampleData.Kinds;

/// <summary>S3, most of it data events.</summary>
internal static class ObjectEvents
{
    private const string Key = "@{objectFolder}/dt=@{time:yyyy-MM-dd}/part-@{int:0:9999#1}-@{hex:12#2}.parquet";
    private const string Host = "\"bucketName\": \"@{bucket}\", \"Host\": \"@{bucket}.s3.@{region}.amazonaws.com\"";
    private const string ObjectResources = $$"""
        [
          {"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::@{bucket}/{{Key}}"},
          {"accountId": "@{account}", "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::@{bucket}"}
        ]
        """;
    private const string BucketResources = """
        [{"accountId": "@{account}", "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::@{bucket}"}]
        """;

    public static readonly Event[] All =
    [
        Data(900, "GetObject", $$"""{{{Host}}, "key": "{{Key}}"}""", received: "0", sent: "@{int:300:9000000}"),
        Data(
            60, "GetObject",
            $$"""{{{Host}}, "x-amz-request-payer": "requester", "key": "@{objectFolder}/@{note}.csv"}""",
            received: "0.0", sent: "@{int:300:90000}.0"),
        Data(520, "PutObject", $$"""
            {{{Host}}, "x-amz-server-side-encryption": "aws:kms",
            "x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:@{region}:@{account}:key/@{kmsKey}",
            "key": "{{Key}}"}
            """,
            response: """
                {"x-amz-server-side-encryption": "aws:kms",
                "x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:@{region}:@{account}:key/@{kmsKey}",
                "x-amz-version-id": "@{base64:32}"}
                """,
            received: "@{int:300:9000000}", sent: "0"),
        Data(
            420, "PutObject",
            $$"""
            {{{Host}}, "x-amz-acl": "bucket-owner-full-control",
            "key":
            "AWSLogs/@{account}/vpcflowlogs/@{region}/@{time:yyyy/MM/dd}/@{account}_vpcflowlogs_@{region}_fl-0@{hex:16}_@{time:yyyyMMddTHHmmZ}_@{hex:8}.log.gz"}
            """,
            received: "@{int:300:90000}.0",
            sent: "0.0") with { Caller = Caller.Service, Via = "delivery.logs.amazonaws.com" },
        Data(160, "HeadObject", $$"""{{{Host}}, "key": "{{Key}}"}""", received: "0", sent: "0") with
        {
            FailurePercent = 12, ErrorCode = "NoSuchKey", ErrorMessage = "The specified key does not exist.",
        },
        Data(
            110, "DeleteObject", $$"""{{{Host}}, "key": "{{Key}}", "versionId": "@{base64:32}"}""", received: "0",
            sent: "0"),
        Data(
            25, "DeleteObjects", $$"""{{{Host}}, "delete": ""}""", received: "@{int:900:60000}",
            sent: "@{int:900:60000}") with { Resources = BucketResources },
        Data(18, "GetObject", $$"""{{{Host}}, "key": "public/logo.svg"}""", received: "0", sent: "4@{int:100:999}")
            with { Caller = Caller.Anonymous },
        Data(
            30, "CopyObject", $$"""{{{Host}}, "x-amz-copy-source": "@{bucket#2}/{{Key}}", "key": "{{Key}}"}""",
            received: "0", sent: "274"),
        Data(
            24, "CompleteMultipartUpload", $$"""{{{Host}}, "uploadId": "@{base64:128}", "key": "{{Key}}"}""",
            received: "@{int:900:20000}", sent: "@{int:300:900}"),
        Bucket(
            430, "GetBucketAcl", """ "acl": "" """) with { Caller = Caller.Service, Via = "cloudtrail.amazonaws.com" },
        Bucket(60, "GetBucketLocation", """ "location": "" """),
        Bucket(
            50, "ListObjects",
            """ "list-type": "2", "prefix": "@{objectFolder}/", "encoding-type": "url", "max-keys": "1000" """)
            with { Category = "Data" },
        Bucket(34, "GetBucketPolicy", """ "policy": "" """) with
        {
            Caller = Caller.Person, FailurePercent = 40, ErrorCode = "NoSuchBucketPolicy",
            ErrorMessage = "The bucket policy does not exist",
        },
        Bucket(30, "GetBucketPublicAccessBlock", """ "publicAccessBlock": "" """) with
        {
            Caller = Caller.Service, Via = "config.amazonaws.com", FailurePercent = 20,
            ErrorCode = "NoSuchPublicAccessBlockConfiguration",
            ErrorMessage = "The public access block configuration was not found",
        },
        Bucket(3, "PutBucketPolicy", """
            "bucketPolicy": {
              "Version": "2012-10-17",
              "Statement": [
                {"Sid": "DenyInsecureTransport", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
                "Resource": ["arn:aws:s3:::@{bucket}", "arn:aws:s3:::@{bucket}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
                {"Sid": "LogDelivery", "Effect": "Allow", "Principal": {"Service": ["cloudtrail.amazonaws.com",
                "config.amazonaws.com"]}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::@{bucket}/*",
                "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}}
              ]
            }, "policy": ""
            """) with { Caller = Caller.Deployer, IsRead = false },
        new(14, Caller.Person, "s3", "ListBuckets")
        {
            Request = """{"Host": "s3.@{region}.amazonaws.com"}""", RequestId = "@{upper:16}",
            Additional = Additional("0", "@{int:900:20000}"),
        },
    ];

    private static Event Data(
        int weight, string name, string request, string received, string sent, string response = "null") =>
        new(weight, Caller.Workload, "s3", name)
        {
            Request = request, Response = response, Resources = ObjectResources, Category = "Data",
            RequestId = "@{upper:16}",
            Additional = Additional(received, sent), ErrorMessage = "Access Denied",
        };

    private static Event Bucket(int weight, string name, string members) =>
        new(weight, Caller.Workload, "s3", name)
        {
            Request = $$"""{{{Host}}, {{members}}}""", Resources = BucketResources, RequestId = "@{upper:16}",
            IsRead = true,
            Additional = Additional("0", "@{int:200:2000}"), ErrorMessage = "Access Denied",
        };

    private static string Additional(string received, string sent) => $$"""
        {
          "SignatureVersion": "SigV4", "CipherSuite": "ECDHE-RSA-AES128-GCM-SHA256", "bytesTransferredIn": {{received}},
          "AuthenticationMethod": "AuthHeader", "x-amz-id-2": "@{base64:75}=", "bytesTransferredOut": {{sent}}
        }
        """;
}
