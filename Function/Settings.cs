using System.Globalization;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage.S3;
using Microsoft.Extensions.Logging;

namespace CloudTrailAggregation;

/// <summary>The settings of the function, read from its environment and checked once at start.</summary>
public sealed record Settings
{
    /// <summary>
    /// Every environment variable that is read; a test checks docs/configuration.md and cloudformation.yml against it.
    /// </summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "SRC_BUCKET", "SRC_PREFIX", "SRC_LAYOUT", "SRC_REGION", "ACCOUNTS", "REGIONS", "DST_BUCKET", "DST_PREFIX",
        "DST_REGION", "DST_SSE", "UNIT", "ROWS_PER_FILE", "LOG_LEVEL", "COMPRESSION", "DEDUPLICATE",
        "MAX_REJECTED_PERCENT",
        "DAMAGED_OBJECTS", "SCHEDULE_LAG_DAYS",
    ];

    private static readonly Dictionary<string, Codec> Codecs = new(StringComparer.OrdinalIgnoreCase)
    {
        ["zstd"] = Codec.Zstd, ["snappy"] = Codec.Snappy, ["gzip"] = Codec.Gzip, ["none"] = Codec.None,
    };

    private static readonly Dictionary<string, SourceLayout> Layouts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["auto"] = SourceLayout.Auto, ["daily"] = SourceLayout.Daily, ["trail"] = SourceLayout.Trail,
    };

    private static readonly Dictionary<string, UnitKind> Units = new(StringComparer.OrdinalIgnoreCase)
    {
        ["month"] = UnitKind.Month, ["day"] = UnitKind.Day,
    };

    private static readonly Dictionary<string, bool> Switches = new(StringComparer.OrdinalIgnoreCase)
    {
        ["true"] = true, ["false"] = false,
    };

    private static readonly Dictionary<string, DamagedObjects> DamageRules = new(StringComparer.OrdinalIgnoreCase)
    {
        ["fail"] = DamagedObjects.Fail, ["skip"] = DamagedObjects.Skip,
    };

    /// <summary>The names that .NET, Lambda and the original Python tool use.</summary>
    private static readonly Dictionary<string, LogLevel> LogLevels = new(StringComparer.OrdinalIgnoreCase)
    {
        ["trace"] = LogLevel.Trace,
        ["debug"] = LogLevel.Debug,
        ["info"] = LogLevel.Information, ["information"] = LogLevel.Information,
        ["warn"] = LogLevel.Warning, ["warning"] = LogLevel.Warning,
        ["error"] = LogLevel.Error,
        ["critical"] = LogLevel.Critical, ["fatal"] = LogLevel.Critical,
    };

    /// <summary>The bucket that holds the events. Required.</summary>
    public required string SourceBucket { get; init; }

    /// <summary>
    /// The prefix before YYYY/MM/DD/, or any on the path of a trail: empty, the default, or ending in '/', which is
    /// added if missing.
    /// </summary>
    public required string SourcePrefix { get; init; }

    /// <summary>The source bucket's region; null, the default, for the function's.</summary>
    public string? SourceRegion { get; init; }

    /// <summary>The bucket for the Parquet files; it may be the source bucket. Required.</summary>
    public required string DestinationBucket { get; init; }

    /// <summary>The prefix before YYYY/MM/000000.parquet: empty, the default, or ending in '/', as above.</summary>
    public required string DestinationPrefix { get; init; }

    /// <summary>The destination bucket's region; null, the default, for the function's.</summary>
    public string? DestinationRegion { get; init; }

    /// <summary>The encryption to request for new objects; null, the default, for the bucket's own.</summary>
    public S3UploadEncryption? Encryption { get; init; }

    /// <summary>The lowest level that is logged; the default is information.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>
    /// A scheduled event asks for the month of its time minus this number of days, 0 to 31; the default is 1.
    /// </summary>
    public int ScheduleLagDays { get; init; } = 1;

    /// <summary>The options that the function and the terminal tool share.</summary>
    public RunOptions Options { get; init; } = new();

    /// <summary>Reads and checks every setting.</summary>
    /// <param name="environment">Looks up an environment variable; null if it is not set.</param>
    /// <exception cref="AggregationException">
    /// A setting is missing or wrong; the message names every such setting.
    /// </exception>
    public static Settings Read(Func<string, string?> environment)
    {
        var reader = new SettingsReader(environment);
        var settings = new Settings
        {
            SourceBucket = reader.Required("SRC_BUCKET"),
            SourcePrefix = reader.Prefix("SRC_PREFIX"),
            SourceRegion = reader.Region("SRC_REGION"),
            DestinationBucket = reader.Required("DST_BUCKET"),
            DestinationPrefix = reader.Prefix("DST_PREFIX"),
            DestinationRegion = reader.Region("DST_REGION"),
            Encryption = reader.Encryption("DST_SSE"),
            LogLevel = reader.OneOf("LOG_LEVEL", LogLevel.Information, LogLevels),
            ScheduleLagDays = (int)reader.Whole("SCHEDULE_LAG_DAYS", standard: 1, max: 31),
            Options = new RunOptions
            {
                Selection = reader.Selection(),
                Unit = reader.OneOf("UNIT", UnitKind.Month, Units),
                RowsPerFile = reader.Whole("ROWS_PER_FILE", standard: 0, max: long.MaxValue),
                Codec = reader.OneOf("COMPRESSION", Codec.Zstd, Codecs),
                Deduplicate = reader.OneOf("DEDUPLICATE", standard: true, Switches),
                MaxRejectedPercent = reader.Percent("MAX_REJECTED_PERCENT", standard: 1),
                DamagedObjects = reader.OneOf("DAMAGED_OBJECTS", DamagedObjects.Fail, DamageRules),
            },
        };
        reader.ThrowIfWrong();
        return settings;
    }

    /// <summary>Reads the variables one by one and collects every error.</summary>
    private sealed class SettingsReader(Func<string, string?> environment)
    {
        private delegate bool NamesParser(string text, out IReadOnlyList<string> names);

        private readonly List<string> _errors = [];

        public string Required(string name)
        {
            string value = Text(name);
            if (value.Length == 0)
            {
                _errors.Add($"{name} is not set");
            }

            return value;
        }

        public string Prefix(string name)
        {
            string value = Text(name);
            if (value.StartsWith('/'))
            {
                _errors.Add($"{name} is '{value}': a prefix does not start with '/'");
            }

            return value.Length == 0 || value.EndsWith('/') ? value : value + "/";
        }

        public SourceSelection Selection()
        {
            var selection = new SourceSelection
            {
                Layout = OneOf("SRC_LAYOUT", SourceLayout.Auto, Layouts),
                Accounts = Names(
                    "ACCOUNTS", SourceSelection.TryParseAccounts, "12-digit account ids with commas between them"),
                Regions = Names(
                    "REGIONS", SourceSelection.TryParseRegions,
                    "regions such as eu-central-1 with commas between them"),
            };
            if (selection is { Layout: SourceLayout.Daily, IsNarrowed: true })
            {
                _errors.Add("ACCOUNTS and REGIONS choose from a trail, and SRC_LAYOUT is 'daily'");
            }

            return selection;
        }

        public string? Region(string name)
        {
            string value = Text(name);
            return value.Length == 0 ? null
                : S3Region.IsName(value) ? value
                : Wrong<string?>(name, value, "a region such as eu-central-1", standard: null);
        }

        public S3UploadEncryption? Encryption(string name)
        {
            string value = Text(name);
            return value.Length == 0 ? null
                : S3UploadEncryption.TryParse(value, out var encryption) ? encryption
                : Wrong<S3UploadEncryption?>(name, value, $"one of {S3UploadEncryption.Forms}", standard: null);
        }

        public long Whole(string name, long standard, long max)
        {
            string value = Text(name);
            if (value.Length == 0)
            {
                return standard;
            }

            bool isNumber = long.TryParse(
                value, NumberStyles.None, CultureInfo.InvariantCulture, out long number);
            return isNumber && number <= max
                ? number
                : Wrong(name, value, $"a whole number from 0 to {max}", standard);
        }

        public double Percent(string name, double standard)
        {
            string value = Text(name);
            if (value.Length == 0)
            {
                return standard;
            }

            bool isNumber = double.TryParse(
                value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number);
            return isNumber && number <= 100 ? number : Wrong(name, value, "a number from 0 to 100", standard);
        }

        public T OneOf<T>(string name, T standard, Dictionary<string, T> values)
        {
            string value = Text(name);
            return value.Length == 0 ? standard
                : values.TryGetValue(value, out var known) ? known
                : Wrong(name, value, "one of " + string.Join(", ", values.Keys), standard);
        }

        public void ThrowIfWrong()
        {
            if (_errors.Count > 0)
            {
                throw new AggregationException(
                    $"The function's environment: {string.Join("; ", _errors)}. "
                    + "Change the stack's parameters or the function's environment variables.");
            }
        }

        private IReadOnlyList<string> Names(string name, NamesParser tryParse, string wanted)
        {
            string value = Text(name);
            return tryParse(value, out var names) ? names : Wrong<IReadOnlyList<string>>(name, value, wanted, []);
        }

        private string Text(string name) => environment(name)?.Trim() ?? "";

        private T Wrong<T>(string name, string value, string wanted, T standard)
        {
            _errors.Add($"{name} is '{value}', not {wanted}");
            return standard;
        }
    }
}
