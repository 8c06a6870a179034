using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Amazon.S3;

namespace CloudTrailAggregation.Storage.S3;

/// <summary>
/// The encryption to request for each new object. Some buckets refuse an upload that does not name one when it starts,
/// even if the bucket's default encryption is the same.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
/// </summary>
public sealed partial record S3UploadEncryption
{
    /// <summary>The texts that <see cref="TryParse"/> accepts, for messages and help.</summary>
    public const string Forms = "AES256, aws:kms, aws:kms:KEY_ARN (a key's ARN, not an alias)";

    private const string Kms = "aws:kms";

    private S3UploadEncryption(ServerSideEncryptionMethod method, string? keyArn) =>
        (Method, KeyArn) = (method, keyArn);

    /// <summary>AES256 or aws:kms.</summary>
    public ServerSideEncryptionMethod Method { get; }

    /// <summary>The KMS key; null for S3's own key (AES256) or the account's key aws/s3 (aws:kms).</summary>
    public string? KeyArn { get; }

    /// <summary>Reads <c>AES256</c>, <c>aws:kms</c> or <c>aws:kms:KEY_ARN</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out S3UploadEncryption? encryption)
    {
        encryption = text switch
        {
            "AES256" => new S3UploadEncryption(ServerSideEncryptionMethod.AES256, keyArn: null),
            Kms => new S3UploadEncryption(ServerSideEncryptionMethod.AWSKMS, keyArn: null),
            _ when KmsKey().Match(text) is { Success: true } key =>
                new S3UploadEncryption(ServerSideEncryptionMethod.AWSKMS, key.Groups["arn"].Value),
            _ => null,
        };
        return encryption is not null;
    }

    [GeneratedRegex(
        @"\Aaws:kms:(?<arn>arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[a-zA-Z0-9-]+)\z",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex KmsKey();
}
