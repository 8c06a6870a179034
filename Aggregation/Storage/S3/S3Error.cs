using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using CloudTrailAggregation.Ground;

namespace CloudTrailAggregation.Storage.S3;

/// <summary>Explains to the operator what S3 refused: the object, the cause and what to do.</summary>
internal static class S3Error
{
    private const string RequesterPaysHint = "A Requester Pays bucket of another account is not supported.";

    /// <summary>Sends a request and translates every failure except the caller's cancellation.</summary>
    /// <param name="uri">The object or prefix that the request is about.</param>
    /// <param name="action">The IAM action that the request needs, for example s3:GetObject.</param>
    /// <param name="send">Sends the request.</param>
    /// <param name="cancellation">The caller's cancellation.</param>
    /// <exception cref="AggregationException">The request failed.</exception>
    public static async Task<T> TranslateAsync<T>(
        string uri, string action, Func<Task<T>> send, CancellationToken cancellation)
    {
        try
        {
            return await send();
        }
        catch (Exception e) when (IsS3Failure(e) && !cancellation.IsCancellationRequested)
        {
            throw Of(uri, action, e);
        }
    }

    /// <summary>Whether the failure comes from S3 or the network, and not from a mistake in this code.</summary>
    public static bool IsS3Failure(Exception e) =>
        e is AmazonClientException or AmazonServiceException or TimeoutException || IsLostConnection(e);

    /// <summary>Whether a connection broke or stalled: the same request may succeed when sent again.</summary>
    public static bool IsLostConnection(Exception e) =>
        e is IOException or HttpRequestException or SocketException or OperationCanceledException;

    /// <summary>
    /// Whether S3, or KMS behind it, says that it gets more requests than it takes: the same request succeeds later.
    /// </summary>
    public static bool IsBusy(Exception e) =>
        e is AmazonServiceException answer
        && (answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests
            || answer.ErrorCode is "SlowDown" or "ServiceUnavailable" or "RequestLimitExceeded" or "Throttling"
                or "ThrottlingException" or "ThrottledException" or "RequestThrottled" or "RequestThrottledException"
                or "TooManyRequests" or "TooManyRequestsException" or "KMS.ThrottlingException");

    /// <summary>The operator's message for a failure; for the parameters see <see cref="TranslateAsync"/>.</summary>
    public static AggregationException Of(string uri, string action, Exception e) => e switch
    {
        AmazonS3Exception { ErrorCode: "InvalidObjectState" } archived => new ArchivedObjectException(uri, archived),
        AmazonS3Exception { ErrorCode: "NoSuchKey" } gone => StoreError.Gone(uri, gone),
        AmazonS3Exception { StatusCode: HttpStatusCode.PreconditionFailed } changed => StoreError.Changed(uri, changed),
        AmazonS3Exception { ErrorCode: "PreconditionFailed" } changed => StoreError.Changed(uri, changed),
        AmazonS3Exception answer => new($"{uri}: {Cause(answer, uri, action)}", answer),
        AmazonServiceException { InnerException: { } inner } when IsLostConnection(inner) => Unreachable(uri, inner),
        AmazonServiceException answer => new($"{uri}: {FirstLine(answer.Message)}", answer),
        AmazonClientException unsent when S3Quirk.IsWrongChecksum(unsent) =>
            new(
                $"{uri}: its bytes do not have the checksum that S3 keeps. "
                + "Start again; if this fails again, write a new copy of the object.",
                unsent),
        AmazonClientException unsent when S3Quirk.HasNoCredentials(unsent) =>
            new($"{uri}: no AWS credentials. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.", unsent),
        AmazonClientException unsent => new(
            $"{uri}: the request could not be sent: {FirstLine(unsent.Message)}", unsent),
        OperationCanceledException or TimeoutException => new(
            $"{uri}: S3 did not answer in time, several times. Check the network and start again.", e),
        _ => Unreachable(uri, e),
    };

    /// <summary>
    /// A listing that is out of order is refused, because a run would read a repeated key twice and miss a skipped one.
    /// </summary>
    public static AggregationException Unordered(string uri, string before) =>
        new($"{uri}: the bucket lists it after {before}, so the listing repeats or reorders keys and is unreliable. "
            + "Start again. If this fails again, use a general purpose bucket: "
            + "a directory bucket (S3 Express) keeps no order.");

    private static AggregationException Unreachable(string uri, Exception e) => S3Quirk.IsUnknownAuthority(e)
        ? new(
            $"{uri}: the server's certificate is of an authority that this machine does not trust ({Sentence(e)}). "
            + "Set SSL_CERT_FILE to a file with the authority's certificate in PEM form (AWS_CA_BUNDLE is not read); "
            + "on Windows and macOS add it to the system's store.",
            e)
        : new($"{uri}: S3 cannot be reached: {Sentence(e)}. Check the endpoint, the region and the network.", e);

    private static string Sentence(Exception e) => e.GetBaseException().Message.TrimEnd('.');

    private static string Cause(AmazonS3Exception answer, string uri, string action) =>
        (answer.ErrorCode, answer.StatusCode) switch
    {
        ("NoSuchBucket", _) => "there is no such bucket. Correct its name, or create it.",
        ("InvalidBucketName", _) => "this is not a name a bucket can have. Correct it.",
        ("ExpiredToken" or "TokenRefreshRequired", _) => "the session's credentials have expired. Sign in again.",
        ("InvalidAccessKeyId" or "InvalidToken", _) =>
            "S3 does not know these credentials. Check the access key, and that it belongs to this endpoint.",
        ("SignatureDoesNotMatch", _) => "the secret access key does not fit the access key. Use the right pair.",
        ("RequestTimeTooSkewed", _) => "this machine's clock is wrong. Set it.",
        _ when S3Region.IsWrong(answer) => $"{S3Region.Cause(answer)} ({FirstLine(answer.Message)})",
        (_, HttpStatusCode.BadRequest) when S3Quirk.WantsChecksumForObjectLock(answer) =>
            "the bucket has Object Lock, so each upload needs a checksum, and with --endpoint-url the tool sends none. "
            + "Set AWS_ENDPOINT_URL_S3 to the address and omit --endpoint-url: then the tool sends checksums.",
        (_, HttpStatusCode.Forbidden) when S3Quirk.IsRequesterPays(answer) =>
            "the bucket is a Requester Pays bucket of another account, which is not supported. "
            + "Read it with its owner's credentials, or copy the objects first (aws s3 cp --request-payer requester).",
        _ when IsBusy(answer) =>
            $"S3 is too busy, several times ({answer.ErrorCode}). Start again later.",
        ("BadDigest" or "InvalidDigest" or "XAmzContentSHA256Mismatch" or "XAmzContentChecksumMismatch", _) =>
            $"its bytes changed on the way to S3 ({answer.ErrorCode}). "
            + "Check the network and every proxy between here and S3, and start again.",
        ("AccessDenied" or "AllAccessDisabled", _) or (_, HttpStatusCode.Forbidden) =>
            $"access denied. {Permission(uri, action)} ({FirstLine(answer.Message)})",
        ("NotFound", _) or (_, HttpStatusCode.NotFound) =>
            $"S3 answered that it does not exist ({answer.ErrorCode}: {FirstLine(answer.Message)}).",
        (_, >= HttpStatusCode.InternalServerError) =>
            $"S3 failed, several times ({(int)answer.StatusCode} {answer.ErrorCode}: {FirstLine(answer.Message)}). "
            + "Start again later.",
        _ => $"S3 answered {(int)answer.StatusCode} {answer.ErrorCode}: {FirstLine(answer.Message)}",
    };

    // The SDK's messages may list what it tried, on one line each.
    private static string FirstLine(string message) => message.Split('\n', 2)[0].TrimEnd();

    private static string Permission(string uri, string action) => action switch
    {
        "s3:ListBucket" =>
            $"The role or user needs s3:ListBucket on the bucket {BucketOf(uri)}. {RequesterPaysHint}",
        "s3:GetObject" =>
            "The role or user needs s3:GetObject on it, s3:ListBucket on the bucket, "
            + $"and kms:Decrypt if it is encrypted with a KMS key. {RequesterPaysHint}",
        "s3:PutObject" =>
            "The role or user needs s3:PutObject on it, and kms:GenerateDataKey and kms:Decrypt if the bucket encrypts "
            + "with a KMS key. If the bucket's policy demands an encryption header, set DST_SSE (--sse).",
        _ => $"The role or user needs {action} on it.",
    };

    // The ARN of an access point contains one '/'.
    private static string BucketOf(string uri) =>
        uri.Split('/') is [_, _, var start, var name, ..]
            && start.EndsWith(":accesspoint", StringComparison.Ordinal)
            ? $"{start}/{name}"
            : uri.Split('/')[2];
}
