using CloudTrailAggregation.Tests.Layers;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

namespace CloudTrailAggregation.Tests.Local;

[Trait("Category", TestRun.CommandLine)]
public sealed class CertificateTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task An_authority_that_is_not_known_is_made_known_as_the_message_says()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "SSL_CERT_FILE is OpenSSL's.");
        await using var server = new TlsServer(_files["authority.pem"]);
        string[] show = ["show", "s3://fake/p", "--endpoint-url", server.EndpointUrl, "--path-style"];

        var refused = await CommandLineRun.OfAsync(
            [.. TestCredentials.Variables, ("AWS_CA_BUNDLE", _files["authority.pem"])], show);
        var trusted = await CommandLineRun.OfAsync(
            [.. TestCredentials.Variables, ("SSL_CERT_FILE", _files["authority.pem"])], show);

        string error = Assert.Single(refused.ErrorLines);
        Assert.StartsWith(
            "error: s3://fake/p/: the server's certificate is of an authority that this machine does not trust (",
            error, StringComparison.Ordinal);
        Assert.EndsWith(
            "Set SSL_CERT_FILE to a file with the authority's certificate in PEM form (AWS_CA_BUNDLE is not read); "
            + "on Windows and macOS add it to the system's store.",
            error, StringComparison.Ordinal);
        Assert.Equal(
            "error: s3://fake/p: there is no file below it whose name ends in .parquet. "
            + "Correct the directory or prefix.",
            Assert.Single(trusted.ErrorLines));
    }
}
