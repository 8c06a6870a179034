using System.Net;
using System.Text.RegularExpressions;
using Amazon.Runtime.Internal;
using Amazon.S3;

namespace CloudTrailAggregation.Storage.S3;

/// <summary>Checks names of regions, and explains S3's answers to a request for a bucket in another region.</summary>
public static partial class S3Region
{
    private const int MaxLength = 63;

    /// <summary>
    /// Whether the text can be a region's name: 1 to 63 of a-z, 0-9 and '-'. It is not compared with AWS's list,
    /// because S3-compatible servers define their own regions.
    /// </summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= MaxLength
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>Whether S3 refuses the request because of its region.</summary>
    internal static bool IsWrong(AmazonS3Exception answer) =>
        answer.StatusCode == HttpStatusCode.MovedPermanently
        || answer.ErrorCode is "PermanentRedirect" or "TemporaryRedirect"
            or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException";

    /// <summary>The operator's message for such an answer, with the bucket's region if the answer names it.</summary>
    internal static string Cause(AmazonS3Exception answer)
    {
        string? region = NameIn(answer);
        string where = region is null
            ? "another region than the request was sent to"
            : $"the region {region}, and the request was sent to another one";
        return $"the bucket is in {where}. Set SRC_REGION for the source or DST_REGION for the destination "
            + "(--source-region, --destination-region; --region of show) "
            + $"to {region ?? "the bucket's region"}.";
    }

    // AWS sends a header. Other servers send only the element Region, which the SDK does not expose, and name the
    // region in the message.
    private static string? NameIn(AmazonS3Exception answer)
    {
        string? header = (answer.InnerException as HttpErrorResponseException)?.Response?
            .GetHeaderValue("x-amz-bucket-region");
        return header is not null && IsName(header) ? header
            : Expected().Match(answer.Message) is { Success: true } message ? message.Groups["region"].Value
            : null;
    }

    [GeneratedRegex(
        "expecting '(?<region>[a-z0-9-]{1,63})'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Expected();
}
