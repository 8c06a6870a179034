using System.Net.Security;
using System.Security.Authentication;
using Amazon.Runtime;
using Amazon.S3;

namespace CloudTrailAggregation.Storage.S3;

/// <summary>
/// Failures that have neither a code nor a type of their own: what tells them is words of a message. Each has a test with
/// the message as it was seen.
/// </summary>
internal static class S3Quirk
{
    /// <summary>The SDK: "Expected hash not equal to calculated hash".</summary>
    public static bool IsWrongChecksum(AmazonClientException unsent) => Says(unsent, "hash");

    /// <summary>The SDK: "Failed to resolve AWS credentials. ..."</summary>
    public static bool HasNoCredentials(AmazonClientException unsent) => Says(unsent, "credentials");

    /// <summary>
    /// S3, code InvalidRequest: "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Part requests with Object
    /// Lock parameters"; MinIO: "Content-MD5 HTTP header is required for Put Object requests with Object Lock parameters".
    /// </summary>
    public static bool WantsChecksumForObjectLock(AmazonS3Exception answer) => Says(answer, "Object Lock") && Says(answer, "Content-MD5");

    /// <summary>S3, code AccessDenied, where the caller may know: "Bucket is a requester pays bucket". Others hear just "Access Denied".</summary>
    public static bool IsRequesterPays(AmazonS3Exception answer) => Says(answer, "requester pays");

    /// <summary>.NET: "The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot" or PartialChain.</summary>
    public static bool IsUnknownAuthority(Exception failure) => failure.GetBaseException() is AuthenticationException refused
        && (Says(refused, "UntrustedRoot") || Says(refused, "PartialChain"))
        && !Says(refused, nameof(SslPolicyErrors.RemoteCertificateNameMismatch));

    private static bool Says(Exception failure, string words) => failure.Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
