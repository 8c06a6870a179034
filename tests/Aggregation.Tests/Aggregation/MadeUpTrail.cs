using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>
/// A store that makes up the keys of an organization's trail, page by page as S3 lists them, and counts the requests.
/// Its objects cannot be read.
/// </summary>
/// <param name="accounts">How many accounts it has.</param>
/// <param name="regions">How many regions each of them has.</param>
/// <param name="objectsOfDay">How many log files each region has each day.</param>
internal sealed class MadeUpTrail(int accounts, int regions, int objectsOfDay) : IObjectStore
{
    private const int PageSize = 1_000;

    private int _requests;
    private int _waiting;
    private int _mostWaiting;

    public int Requests => _requests;

    /// <summary>The most requests that waited at a time.</summary>
    public int MostWaiting => _mostWaiting;

    public string UriOf(string key) => "s3://made-up/" + key;

    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // AWSLogs/o-made1up2up3/ACCOUNT/CloudTrail/REGION/2024/02/[DD/]
        string[] path = prefix.TrimEnd('/').Split('/');
        string account = path[2], region = path[4];
        await RequestAsync(cancellation);
        int listed = 0;
        int[] days = path.Length == 8
            ? [int.Parse(path[7], CultureInfo.InvariantCulture)]
            : [.. Enumerable.Range(1, 29)];
        foreach (int day in path[6] == "02" ? days : [])
        {
            for (int number = 0; number < objectsOfDay; number++)
            {
                if (listed++ is > 0 and var so && so % PageSize == 0)
                {
                    await RequestAsync(cancellation);
                }

                yield return ObjectOf(account, region, day, number, objectsOfDay);
            }
        }
    }

    public async IAsyncEnumerable<string> ListFoldersAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string[] path = prefix.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string[] folders = path.Length switch
        {
            0 => ["AWSLogs/"],
            1 => ["o-made1up2up3/"],
            2 => [.. Enumerable.Range(0, accounts).Select(number => $"{100_000_000_000 + (number * 1_000_003L):D12}/")],
            3 => ["CloudTrail/", "CloudTrail-Digest/", "Config/"],
            _ => [.. Enumerable.Range(0, regions).Select(region => $"us-gov-east-{10 + region}/")],
        };
        for (int folder = 0; folder < folders.Length; folder++)
        {
            if (folder % PageSize == 0)
            {
                await RequestAsync(cancellation);
            }

            yield return prefix + folders[folder];
        }
    }

    /// <summary>
    /// A log file: the name has a number and random digits, 16 characters, and the ETag 32 random digits.
    /// </summary>
    public static StoredObject ObjectOf(string account, string region, int day, int number, int objectsOfDay)
    {
        int minute = (int)(number * 1_440L / objectsOfDay);
        byte[] random = SHA256.HashData(Encoding.ASCII.GetBytes($"{account}{region}{day}.{number}"))[..16];
        string name = $"{account}_CloudTrail_{region}_202402{day:D2}T{minute / 60:D2}{minute % 60:D2}Z_"
            + $"{number:D5}{Convert.ToHexString(random)[..11]}.json.gz";
        return new StoredObject(
            $"AWSLogs/o-made1up2up3/{account}/CloudTrail/{region}/2024/02/{day:D2}/{name}",
            500 + (random[0] * 30),
            $"\"{Convert.ToHexStringLower(random)}\"");
    }

    public Task<Stream> OpenAsync(StoredObject source, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task ReadRangeAsync(
        StoredObject source, long offset, Memory<byte> destination, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public IStagedObject Stage(string key, string contentType, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task DeleteAsync(string key, CancellationToken cancellation) => throw new NotSupportedException();

    private async Task RequestAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _requests);
        int waiting = Interlocked.Increment(ref _waiting);
        for (int most; (most = Volatile.Read(ref _mostWaiting)) < waiting;)
        {
            Interlocked.CompareExchange(ref _mostWaiting, waiting, most);
        }

        await Task.Yield();
        cancellation.ThrowIfCancellationRequested();
        Interlocked.Decrement(ref _waiting);
    }
}
