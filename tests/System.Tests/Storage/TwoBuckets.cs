using System.Text;
using CloudTrailAggregation.Tests.Local;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>
/// Two buckets in two regions that behave as on AWS: a request signed for another region is redirected, and the
/// destination's policy denies an upload that does not name the encryption.
/// </summary>
internal sealed class TwoBuckets : IAsyncDisposable
{
    public const string SourceRegion = "eu-west-3";
    public const string DestinationRegion = "us-west-2";
    public const string Sse = "aws:kms:arn:aws:kms:us-west-2:123456789012:key/0123-4567";

    private const string SourceKey = "2024/02/01/000000.ndjson";

    private readonly FakeS3 _s3 = new();

    public TwoBuckets()
    {
        _s3.Put(SourceKey, Encoding.UTF8.GetBytes(Months.Event(1) + "\n"));
        _s3.Intercept = Answer;
    }

    public string EndpointUrl => _s3.EndpointUrl;

    /// <summary>Whether the month's file exists.</summary>
    public bool IsWritten => _s3.Objects.ContainsKey("p/2024/02/000000.parquet");

    public ValueTask DisposeAsync() => _s3.DisposeAsync();

    private FakeAnswer? Answer(FakeRequest request)
    {
        string region = request.Bucket == "daily" ? SourceRegion : DestinationRegion;
        string signedFor = request.Headers["Authorization"].Split("Credential=")[1].Split('/')[2];
        if (signedFor != region)
        {
            return new FakeAnswer(
                301,
                "<Error><Code>PermanentRedirect</Code>"
                + "<Message>The bucket must be addressed by the specified endpoint.</Message></Error>")
            {
                Headers = { ["x-amz-bucket-region"] = region },
            };
        }

        return request.Operation switch
        {
            "List" => new FakeAnswer(200, Listing(request.Bucket == "daily" ? Contents() : "")),
            "Initiate" when SseOf(request) != Sse => FakeAnswer.Error(403, "AccessDenied"),
            _ => null,
        };
    }

    private string Contents()
    {
        var source = _s3.Objects["p/" + SourceKey];
        return $"<Contents><Key>p/{SourceKey}</Key><Size>{source.Bytes.Length}</Size><ETag>{source.ETag}</ETag>"
            + "</Contents>";
    }

    private static string Listing(string contents) =>
        $"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>";

    private static string SseOf(FakeRequest request) =>
        $"{request.Headers.GetValueOrDefault("x-amz-server-side-encryption")}:"
        + request.Headers.GetValueOrDefault("x-amz-server-side-encryption-aws-kms-key-id");
}
