using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using CloudTrailAggregation.Benchmarks.Servers;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Benchmarks.SmallObjects;

/// <summary>
/// A month of a trail with any number of objects, of which none is stored: key, size and content follow from an
/// object's place in the order of the keys.
/// </summary>
/// <param name="count">The number of objects.</param>
internal sealed class MadeUpTrail(int count) : IServedObjects
{
    public const string Month = "2024-01";
    public const int MinBytes = 512;
    public const int MaxBytes = 8_192;

    private const int Days = 31;
    private const int MinutesOfDay = 24 * 60;

    private static readonly string[] Accounts =
    [
        "104398475610", "215509586721", "326610697832", "437721708943", "548832819054",
        "659943920165", "761054031276", "872165142387", "983276253498", "994387364509",
    ];

    private static readonly string[] Regions = ["ap-southeast-2", "eu-central-1", "us-east-1", "us-west-2"];

    /// <summary>Makes the bytes of an object, one for each thread.</summary>
    private static readonly ThreadLocal<MadeUpObject> Maker = new(() => new MadeUpObject());

    // At least one, so that the number of folders does not depend on the number of objects.
    private readonly int _objectsOfFolder = Math.Max(1, (count - 1) / (Accounts.Length * Regions.Length * Days) + 1);

    public int Count => count;

    /// <summary>The key at a place, from 0. The keys are in ordinal order.</summary>
    public string KeyAt(int place)
    {
        var (folder, number) = Math.DivRem(place, _objectsOfFolder);
        var (series, day) = Math.DivRem(folder, Days);
        var (account, region) = Math.DivRem(series, Regions.Length);
        int minute = (int)((long)number * MinutesOfDay / _objectsOfFolder);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"AWSLogs/{Accounts[account]}/CloudTrail/{Regions[region]}/2024/01/{day + 1:00}/"
            + $"{Accounts[account]}_CloudTrail_{Regions[region]}_202401{day + 1:00}T{minute / 60:00}{minute % 60:00}Z_"
            + $"{number:x5}{HashOf(place) >> 20:x11}.json.gz");
    }

    /// <summary>The object as a listing shows it.</summary>
    public StoredObject ObjectAt(int place) => new(KeyAt(place), SizeAt(place), ETagAt(place));

    /// <summary>The size in bytes: as many objects have 0.5 to 1 KB as have 4 to 8 KB.</summary>
    public static int SizeAt(int place)
    {
        double share = (HashOf(place) & 0xFFFF) / 65_536.0;
        return (int)(MinBytes * Math.Pow((double)MaxBytes / MinBytes, share));
    }

    public static string ETagAt(int place) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{HashOf(place):x16}{HashOf(~place):x16}-1\"");

    long IServedObjects.SizeAt(int place) => SizeAt(place);

    string IServedObjects.ETagAt(int place) => ETagAt(place);

    public ReadOnlyMemory<byte> BytesAt(int place) => Maker.Value!.BytesAt(place).ToArray();

    /// <summary>A random number that belongs to a place.</summary>
    public static ulong HashOf(long place) =>
        XxHash3.HashToUInt64(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in place)));
}
