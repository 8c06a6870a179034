using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>An empty bucket behind TLS, with a certificate of a private authority.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate;
    private readonly Task _serving;

    public TlsServer(string authorityFile)
    {
        using var key = RSA.Create(2048);
        var authority = new CertificateRequest(
            "CN=authority of a test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var (from, to) = (DateTimeOffset.UnixEpoch.AddYears(40), DateTimeOffset.UnixEpoch.AddYears(100));
        using var root = authority.CreateSelfSigned(from, to);
        File.WriteAllText(authorityFile, root.ExportCertificatePem());
        using var leafKey = RSA.Create(2048);
        var leaf = new CertificateRequest("CN=127.0.0.1", leafKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        leaf.CertificateExtensions.Add(names.Build());
        using var signed = leaf.Create(root, from, to, [1]);
        using var withKey = signed.CopyWithPrivateKey(leafKey);
        _certificate = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
        _listener.Start();
        _serving = ServeAsync();
    }

    public string EndpointUrl => $"https://{_listener.LocalEndpoint}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
        _certificate.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var connection = await _listener.AcceptTcpClientAsync(_stop.Token);
                await AnswerAsync(connection);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test ended.
        }
    }

    private async Task AnswerAsync(TcpClient connection)
    {
        await using var stream = new SslStream(connection.GetStream());
        try
        {
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
            if (await FakeRequest.ReadAsync(stream, Stream.Null, _stop.Token) is not null)
            {
                await new FakeAnswer(200, "<ListBucketResult></ListBucketResult>")
                    .SendAsync(stream, headOnly: false, _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // The client does not trust the certificate.
        }
    }
}
