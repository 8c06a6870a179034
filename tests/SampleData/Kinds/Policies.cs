namespace CloudTrailAggregation.SampleData.Kinds;

/// <summary>Policy documents, which CloudTrail stores as JSON strings within the JSON.</summary>
internal static class Policies
{
    public static readonly string LambdaTrust = Quoted("""
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {
                        "Service": "lambda.amazonaws.com"
                    },
                    "Action": "sts:AssumeRole"
                }
            ]
        }
        """);

    public static readonly string PipelineTrust = Quoted(
        """
        {"Version":"2012-10-17","Statement":[{"Sid":"Pipeline","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::@{account}:role/deploy-@{service}"},"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringEquals":{"sts:ExternalId":"@{hex:32#9}"}}}]}
        """);

    public static readonly string ReadBucketAndTable = Quoted("""
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "ReadObjects",
              "Effect": "Allow",
              "Action": [
                "s3:GetObject",
                "s3:GetObjectVersion",
                "s3:ListBucket"
              ],
              "Resource": [
                "arn:aws:s3:::@{bucket}",
                "arn:aws:s3:::@{bucket}/@{objectFolder}/*"
              ]
            },
            {
              "Sid": "Table",
              "Effect": "Allow",
              "Action": [
                "dynamodb:GetItem",
                "dynamodb:Query",
                "dynamodb:BatchGetItem",
                "dynamodb:UpdateItem"
              ],
              "Resource": "arn:aws:dynamodb:@{region}:@{account}:table/@{table}",
              "Condition": {
                "ForAllValues:StringLike": {
                  "dynamodb:LeadingKeys": [
                    "${aws:PrincipalTag/tenant}#*"
                  ]
                }
              }
            },
            {
              "Sid": "Keys",
              "Effect": "Allow",
              "Action": "kms:Decrypt",
              "Resource": "arn:aws:kms:@{region}:@{account}:key/@{kmsKey}"
            }
          ]
        }
        """);

    public static readonly string KeyAdministration = Quoted("""
        {
          "Version" : "2012-10-17",
          "Id" : "key-default-1",
          "Statement" : [ {
            "Sid" : "Enable IAM User Permissions",
            "Effect" : "Allow",
            "Principal" : {
              "AWS" : "arn:aws:iam::@{account}:root"
            },
            "Action" : "kms:*",
            "Resource" : "*"
          }, {
            "Sid" : "Allow use of the key",
            "Effect" : "Allow",
            "Principal" : {
              "AWS" : [ "arn:aws:iam::@{account}:role/@{role}", "arn:aws:iam::@{account}:role/@{role#2}" ]
            },
            "Action" : [ "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey" ],
            "Resource" : "*"
          } ]
        }
        """);

    /// <summary>The text as a JSON string with its quotes; slots stay slots.</summary>
    public static string Quoted(string text)
    {
        string escaped = text
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
        return $"\"{escaped}\"";
    }
}
