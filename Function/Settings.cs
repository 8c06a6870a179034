using System.Globalization;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage.S3;
using Microsoft.Extensions.Logging;

namespace CloudTrailAggregation;

/// <summary>The settings of the function, from its environment, read and checked once at start.</summary>
public sealed record Settings
{
    /// <summary>Every variable that is read; docs/configuration.md and cloudformation.yml are checked against this list.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "SRC_BUCKET", "SRC_PREFIX", "SRC_REGION", "DST_BUCKET", "DST_PREFIX", "DST_REGION", "DST_SSE", "ROWS_PER_FILE", "LOG_LEVEL",
        "COMPRESSION", "DEDUPLICATE", "MAX_REJECTED_PERCENT", "SCHEDULE_LAG_DAYS",
    ];

    private static readonly Dictionary<string, Codec> Codecs = new(StringComparer.OrdinalIgnoreCase)
    {
        ["zstd"] = Codec.Zstd, ["snappy"] = Codec.Snappy, ["gzip"] = Codec.Gzip, ["none"] = Codec.None,
    };

    private static readonly Dictionary<string, bool> Switches = new(StringComparer.OrdinalIgnoreCase)
    {
        ["true"] = true, ["false"] = false,
    };

    /// <summary>The names of .NET, of Lambda, and of the Python original.</summary>
    private static readonly Dictionary<string, LogLevel> LogLevels = new(StringComparer.OrdinalIgnoreCase)
    {
        ["trace"] = LogLevel.Trace,
        ["debug"] = LogLevel.Debug,
        ["info"] = LogLevel.Information, ["information"] = LogLevel.Information,
        ["warn"] = LogLevel.Warning, ["warning"] = LogLevel.Warning,
        ["error"] = LogLevel.Error,
        ["critical"] = LogLevel.Critical, ["fatal"] = LogLevel.Critical,
    };

    /// <summary>Where stage 1 leaves its files. Required.</summary>
    public required string SourceBucket { get; init; }

    /// <summary>What stands before YYYY/MM/DD/: empty, or ending in '/', which is added where it lacks.</summary>
    public required string SourcePrefix { get; init; }

    /// <summary>The source bucket's region; null, the default, for the function's.</summary>
    public string? SourceRegion { get; init; }

    /// <summary>Where the Parquet files go; may be the source's. Required.</summary>
    public required string DestinationBucket { get; init; }

    /// <summary>What stands before YYYY/MM/000000.parquet, likewise.</summary>
    public required string DestinationPrefix { get; init; }

    /// <summary>The destination bucket's region; null, the default, for the function's.</summary>
    public string? DestinationRegion { get; init; }

    /// <summary>The encryption that new objects ask for; null, the default, for what the bucket does by itself.</summary>
    public S3UploadEncryption? Encryption { get; init; }

    /// <summary>Lines below this level are not logged; the default is information.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>A scheduled event asks for the month that was so many days before its time, 0 to 31; the default is 1.</summary>
    public int ScheduleLagDays { get; init; } = 1;

    /// <summary>The rest.</summary>
    public RunOptions Options { get; init; } = new();

    /// <exception cref="AggregationException">Every setting that is missing or wrong, in one message.</exception>
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
            ScheduleLagDays = (int)reader.Whole("SCHEDULE_LAG_DAYS", usual: 1, most: 31),
            Options = new RunOptions
            {
                RowsPerFile = reader.Whole("ROWS_PER_FILE", usual: 0, most: long.MaxValue),
                Codec = reader.OneOf("COMPRESSION", Codec.Zstd, Codecs),
                Deduplicate = reader.OneOf("DEDUPLICATE", usual: true, Switches),
                MaxRejectedPercent = reader.Percent("MAX_REJECTED_PERCENT", usual: 1),
            },
        };
        reader.ThrowIfWrong();
        return settings;
    }

    /// <summary>Reads one variable after the other and gathers what is wrong with them.</summary>
    private sealed class SettingsReader(Func<string, string?> environment)
    {
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

        public string? Region(string name)
        {
            string value = Text(name);
            return value.Length == 0 ? null
                : S3Region.IsName(value) ? value
                : Wrong<string?>(name, value, "a region such as eu-central-1", usual: null);
        }

        public S3UploadEncryption? Encryption(string name)
        {
            string value = Text(name);
            return value.Length == 0 ? null
                : S3UploadEncryption.TryParse(value, out var encryption) ? encryption
                : Wrong<S3UploadEncryption?>(name, value, $"one of {S3UploadEncryption.Forms}", usual: null);
        }

        public long Whole(string name, long usual, long most)
        {
            string value = Text(name);
            if (value.Length == 0)
            {
                return usual;
            }

            bool read = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number);
            return read && number <= most ? number : Wrong(name, value, $"a whole number from 0 to {most}", usual);
        }

        public double Percent(string name, double usual)
        {
            string value = Text(name);
            if (value.Length == 0)
            {
                return usual;
            }

            bool read = double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number);
            return read && number <= 100 ? number : Wrong(name, value, "a number from 0 to 100", usual);
        }

        public T OneOf<T>(string name, T usual, Dictionary<string, T> values)
        {
            string value = Text(name);
            return value.Length == 0 ? usual
                : values.TryGetValue(value, out var known) ? known
                : Wrong(name, value, "one of " + string.Join(", ", values.Keys), usual);
        }

        public void ThrowIfWrong()
        {
            if (_errors.Count > 0)
            {
                throw new AggregationException($"The function's environment is not right: {string.Join("; ", _errors)}. Change the stack's parameters or the function's environment variables.");
            }
        }

        private string Text(string name) => environment(name)?.Trim() ?? "";

        private T Wrong<T>(string name, string value, string wanted, T usual)
        {
            _errors.Add($"{name} is '{value}', not {wanted}");
            return usual;
        }
    }
}
