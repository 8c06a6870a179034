using System.Net.Security;
using System.Security.Authentication;
using Amazon.Runtime;
using Amazon.S3;

namespace CloudTrailAggregation.Storage.S3;

/// <summary>
/// Recognizes failures by words of their message, because they have neither a specific code nor a specific type. Each
/// has a test with a message that was seen in practice.
/// </summary>
internal static class S3Quirk
{
    /// <summary>The SDK: "Expected hash not equal to calculated hash".</summary>
    public static bool IsWrongChecksum(AmazonClientException unsent) => Mentions(unsent, "hash");

    /// <summary>The SDK: "Failed to resolve AWS credentials. ..."</summary>
    public static bool HasNoCredentials(AmazonClientException unsent) => Mentions(unsent, "credentials");

    /// <summary>
    /// S3, code InvalidRequest: "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Part requests with
    /// Object Lock parameters"; MinIO: "Content-MD5 HTTP header is required for Put Object requests with Object Lock
    /// parameters".
    /// </summary>
    public static bool WantsChecksumForObjectLock(AmazonS3Exception answer) =>
        Mentions(answer, "Object Lock") && Mentions(answer, "Content-MD5");

    /// <summary>
    /// S3, code AccessDenied: "Bucket is a requester pays bucket", for a caller who may know; otherwise just
    /// "Access Denied".
    /// </summary>
    public static bool IsRequesterPays(AmazonS3Exception answer) => Mentions(answer, "requester pays");

    /// <summary>
    /// .NET: "The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot" or
    /// PartialChain.
    /// </summary>
    public static bool IsUnknownAuthority(Exception failure) =>
        failure.GetBaseException() is AuthenticationException refused
        && (Mentions(refused, "UntrustedRoot") || Mentions(refused, "PartialChain"))
        && !Mentions(refused, nameof(SslPolicyErrors.RemoteCertificateNameMismatch));

    private static bool Mentions(Exception failure, string words) =>
        failure.Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
