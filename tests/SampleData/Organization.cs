using System.Globalization;
using System.Text;

namespace CloudTrailAggregation.SampleData;

/// <summary>
/// An invented company: its accounts, people, roles and resources, all drawn from the seed. The first entries of a pool
/// are used far more often than the last.
/// </summary>
internal sealed class Organization
{
    private readonly Dictionary<string, byte[][]> _pools = new(StringComparer.Ordinal);
    private readonly Dictionary<Caller, Actor[]> _actors = [];
    private Dice _dice;

    public Organization(int seed, JsonStyle style)
        : this(new Dice(Dice.Hash((ulong)seed, 0)), style, account: null, Words.Regions)
    {
    }

    /// <summary>The part of a company that is in one account: only its callers and resources.</summary>
    public Organization(ulong seed, string account, string[] regions)
        : this(new Dice(seed), JsonStyle.Compact, account, regions)
    {
    }

    private Organization(Dice dice, JsonStyle style, string? account, string[] regions)
    {
        _dice = dice;
        Style = style;
        FillPools(regions);
        _pools["otherAccountId"] = _pools["accountId"];
        if (account is not null)
        {
            _pools["accountId"] = [Encode(account)];
        }

        _actors = new Callers(this, _dice.Next()).All();
    }

    public JsonStyle Style { get; }

    /// <summary>The values of <c>@{name}</c>, most frequent first, escaped for a JSON string.</summary>
    /// <exception cref="FormatException">No pool has that name.</exception>
    public byte[][] Pool(string name) =>
        _pools.GetValueOrDefault(name) ?? throw new FormatException($"@{{{name}}} is neither a slot nor a pool.");

    public Actor[] ActorsOf(Caller caller) => _actors[caller];

    /// <summary>
    /// Encodes text whose JSON escapes are already in place; the style decides how letters outside ASCII are written.
    /// </summary>
    public byte[] Encode(string text) =>
        Style == JsonStyle.Compact || Ascii.IsValid(text)
            ? Encoding.UTF8.GetBytes(text)
            : Encoding.ASCII.GetBytes(string.Concat(text.Select(c => c < 0x80 ? $"{c}" : $"\\u{(int)c:x4}")));

    private void FillPools(string[] regions)
    {
        Fill("accountId", 7, () => RandomText("0123456789", 12).TrimStart('0').PadRight(12, '7'));
        Fill("person", 45, () => $"{Pick(Words.GivenNames)}.{Pick(Words.FamilyNames)}");
        Fill("displayName", 40, () => $"{Pick(Words.DisplayGivenNames)} {Pick(Words.DisplayFamilyNames)}");
        Fill("note", Words.Notes.Length, Words.Notes);
        Fill("service", 60, () => $"{Pick(Words.Domains)}-{Pick(Words.Components)}");
        Fill("role", 70, () => $"{Pick(Words.Stages)}-{Pick(Words.Domains)}-{Pick(Words.Components)}-role");
        Fill("function", 80, () => $"{Pick(Words.Domains)}-{Pick(Words.Components)}-{Pick(Words.Verbs)}");
        Fill("bucket", 50, () => $"{Words.Company}-{Pick(Words.Stages)}-{Pick(Words.Domains)}-{Pick(Words.Stores)}");
        Fill("table", 40, () => $"{Pick(Words.Stages)}-{Pick(Words.Domains)}-{Pick(Words.Verbs)}");
        Fill("queue", 30, () => $"{Pick(Words.Domains)}-{Pick(Words.Verbs)}-queue");
        Fill("stack", 40, () => $"{Pick(Words.Domains)}-{Pick(Words.Components)}-{Pick(Words.Stages)}");
        Fill(
            "parameter", 120,
            () => $"/{Pick(Words.Stages)}/{Pick(Words.Domains)}/{Pick(Words.Components)}/{Pick(Words.Settings)}");
        Fill("secret", 50, () =>
            $"{Pick(Words.Stages)}/{Pick(Words.Domains)}/{Pick(Words.Settings)}-"
            + RandomText("abcdefghijklmnopqrstuvwxyzABCDEFGH", 6));
        Fill("logGroup", 80, () => $"/aws/lambda/{Pick(Words.Domains)}-{Pick(Words.Components)}-{Pick(Words.Verbs)}");
        Fill("objectFolder", 200, () => $"{Pick(Words.Domains)}/{Pick(Words.Stores)}/{Pick(Words.Verbs)}");
        Fill("kmsKey", 30, () =>
            new Guid(Enumerable.Range(0, 16).Select(_ => (byte)_dice.Below(256)).ToArray()).ToString());
        foreach (var (name, prefix, count) in new[]
        {
            ("instance", "i-0", 300), ("vpc", "vpc-0", 12), ("subnet", "subnet-0", 60), ("securityGroup", "sg-0", 120),
            ("volume", "vol-0", 400), ("snapshot", "snap-0", 300), ("image", "ami-0", 40), ("interface", "eni-0", 500),
            ("routeTable", "rtb-0", 30), ("endpointId", "vpce-0", 9),
        })
        {
            Fill(name, count, () => prefix + RandomText("0123456789abcdef", 16));
        }

        Fill("instanceType", 6, ["t3.medium", "m6i.large", "c6g.xlarge", "r6i.2xlarge", "t4g.small", "g5.xlarge"]);
        Fill("cluster", 8, () => $"{Pick(Words.Stages)}-{Pick(Words.Domains)}-cluster");
        Fill("database", 20, () => $"{Pick(Words.Stages)}-{Pick(Words.Domains)}-postgres");
        Fill("repository", 30, () => $"{Words.Company}/{Pick(Words.Domains)}-{Pick(Words.Components)}");
        Fill("publicIp", 60, () => string.Create(
            CultureInfo.InvariantCulture, $"{Pick(Words.PublicNetworks)}.{_dice.Below(256)}"));
        Fill("privateIp", 400, () => string.Create(
            CultureInfo.InvariantCulture, $"10.{_dice.Below(32)}.{_dice.Below(256)}.{_dice.Below(256)}"));
        Fill("ipv6", 30, () => $"2001:db8:{Hex(4)}:{Hex(2)}00:{Hex(4)}:{Hex(4)}:{Hex(4)}:{Hex(4)}");
        Fill("regionName", regions.Length, regions);

        string Hex(int digits) => RandomText("123456789abcdef", digits);
    }

    private void Fill(string name, int count, string[] values) => _pools[name] = [.. values[..count].Select(Encode)];

    private void Fill(string name, int count, Func<string> draw) =>
        _pools[name] = [.. Enumerable.Range(0, count).Select(_ => Encode(draw()))];

    private string Pick(string[] words) => words[_dice.Below(words.Length)];

    private string RandomText(string alphabet, int length) =>
        string.Concat(Enumerable.Range(0, length).Select(_ => alphabet[_dice.Below(alphabet.Length)]));
}
