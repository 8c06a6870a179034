using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using CloudTrailAggregation.Plan;
using CloudTrailAggregation.Storage.S3;

namespace CloudTrailAggregation.Local;

/// <summary>Options whose values have a form. Any other value is refused with a message that names the form.</summary>
internal static class OptionTypes
{
    private const NumberStyles NumberForm = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    private delegate bool TryParse<T>(string text, out T value);

    /// <summary>Reads names with commas between them; false if one of them has the wrong form.</summary>
    public delegate bool NamesParser(string text, out IReadOnlyList<string> names);

    /// <summary>A month, from CloudTrail's first to the running one.</summary>
    public static Option<Plan.Month> Month(string name, string description, Plan.Month latest) => Option(
        name, description, "YYYY-MM", $"a month as YYYY-MM, from {Plan.Month.First} to {latest} (the running one, UTC)",
        (string text, out Plan.Month month) =>
            Plan.Month.TryParse(text, out month) && month >= Plan.Month.First && month <= latest);

    public static Option<T> Number<T>(string name, string description, string unit, T standard, T min, T max)
        where T : struct, INumber<T>
    {
        string form = standard is double ? "a number" : "a whole number";
        string range = string.Create(CultureInfo.InvariantCulture, $"{form} from {min} to {max}");
        var option = Option(name, description, unit, range, (string text, out T number) =>
            T.TryParse(text, NumberForm, CultureInfo.InvariantCulture, out number)
            && number >= min && number <= max);
        option.DefaultValueFactory = _ => standard;
        return option;
    }

    /// <summary>One of an enum's names, in lower case.</summary>
    public static Option<string> NameOf<T>(string name, string description, T standard)
        where T : struct, Enum
    {
        string[] names = Array.ConvertAll(Enum.GetNames<T>(), value => value.ToLowerInvariant());
        var option = Option(
            name, description, string.Join('|', names), $"one of {string.Join(", ", names)}",
            (string text, out string value) =>
                names.Contains(value = text.ToLowerInvariant(), StringComparer.Ordinal));
        option.DefaultValueFactory = _ => standard.ToString().ToLowerInvariant();
        option.CompletionSources.Add(names);
        return option;
    }

    public static Option<Uri> WebAddress(string name, string description) => Option(
        name, description, "URL", "an address as http://host:port or https://host", (string text, out Uri address) =>
            Uri.TryCreate(text, UriKind.Absolute, out address!) && address.Scheme is ("http" or "https"));

    public static Option<string> Region(string name, string description) => Option(
        name, description, "REGION", "a region such as eu-central-1",
        (string text, out string region) => S3Region.IsName(region = text));

    /// <summary>Names with commas between them; an empty text is none.</summary>
    public static Option<IReadOnlyList<string>> Names(
        string name, string description, string helpName, string form, NamesParser tryParse) => Option(
        name, description, helpName, form,
        (string text, out IReadOnlyList<string> names) => tryParse(text, out names));

    public static Option<S3UploadEncryption> Encryption(string name, string description) => Option(
        name, description, "AES256|aws:kms|aws:kms:KEY_ARN", $"one of {S3UploadEncryption.Forms}",
        (string text, out S3UploadEncryption encryption) => S3UploadEncryption.TryParse(text, out encryption!));

    private static Option<T> Option<T>(
        string name, string description, string helpName, string form, TryParse<T> tryParse) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        {
            string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (!tryParse(text, out var value))
            {
                result.AddError($"{name} takes {form}, not '{text}'.");
            }

            return value;
        },
    };
}
