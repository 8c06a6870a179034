using System.Text.RegularExpressions;
using Xunit;

namespace CloudTrailAggregation.Tests;

/// <summary>The layers of Function: what a file may use, by where it lies.</summary>
public sealed partial class StructureTests
{
    private const string Product = "CloudTrailAggregation";
    private const string Entry = "entry";

    /// <summary>Each layer and what it may use of the others.</summary>
    private static readonly Dictionary<string, string[]> Below = new(StringComparer.Ordinal)
    {
        ["CloudTrail"] = [],
        ["Storage"] = [],
        ["Parquet"] = ["CloudTrail", "Storage"],
        ["Aggregation"] = ["Parquet", "CloudTrail", "Storage"],
        ["Trigger"] = ["Aggregation", "Parquet", "CloudTrail", "Storage"],
        [Entry] = ["Trigger", "Aggregation", "Parquet", "CloudTrail", "Storage"],
    };

    private static string FunctionDirectory => Repository.File("Function");

    private static string LocalDirectory => Repository.File("Local");

    public static TheoryData<string> Files() => FilesIn(FunctionDirectory);

    public static TheoryData<string> LocalFiles() => FilesIn(LocalDirectory);

    private static TheoryData<string> FilesIn(string directory) => new(
        new DirectoryInfo(directory).EnumerateFiles("*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(directory, file.FullName).Replace('\\', '/'))
            .Where(file => !file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Files))]
    public void Imports_go_down_only(string file)
    {
        string layer = LayerOf(file);

        var used = Names(file).Select(LayerNamedBy).OfType<string>().Where(used => used != layer).Distinct(StringComparer.Ordinal);

        Assert.Contains(layer, Below.Keys);
        Assert.Empty(used.Except(Below[layer]));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_library_is_used_only_in_the_files_named_for_it(string file)
    {
        string layer = LayerOf(file);
        foreach (string name in Names(file))
        {
            if (Is(name, "ParquetSharp") || Is(name, "Apache")) Assert.True(layer == "Parquet", $"{file} uses {name}");
            else if (Is(name, "Amazon.Lambda") || Is(name, "Microsoft.Extensions")) Assert.True(layer == Entry, $"{file} uses {name}");
            else if (Is(name, "Amazon")) Assert.True(file.StartsWith("Storage/S3", StringComparison.Ordinal), $"{file} uses {name}");
        }
    }

    [Theory]
    [MemberData(nameof(LocalFiles))]
    public void At_the_terminal_too_a_library_is_used_only_in_the_files_named_for_it(string file)
    {
        foreach (string name in Names(file, LocalDirectory))
        {
            if (Is(name, "ParquetSharp")) Assert.True(file is "ParquetTable.cs" or "ParquetRows.cs", $"{file} uses {name}");
            else if (Is(name, "Spectre")) Assert.True(file == "ProgressDisplay.cs", $"{file} uses {name}");
            else if (Is(name, "Amazon.Runtime")) Assert.True(file is "Identity.cs" or "Place.cs", $"{file} uses {name}");
            else Assert.False(Is(name, "Amazon") || Is(name, "Apache"), $"{file} uses {name}");
        }
    }

    [Theory]
    [MemberData(nameof(LocalFiles))]
    public void The_check_reads_events_without_the_reader_that_it_proves(string file)
    {
        string[] proven = ["EventReader", "JsonScanner", "JsonText", "RecordFraming", "EventBatch", "Ledger", "DuplicateFilter", "SourceListing"];

        Assert.Empty(Words(file, LocalDirectory).Intersect(file.StartsWith("Check/", StringComparison.Ordinal) ? proven : []));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_is_in_the_namespace_of_its_layer(string file)
    {
        string declared = NamespaceLine().Match(Text(file)).Groups["name"].Value;

        // Program has top-level statements and no namespace.
        string layer = LayerOf(file);
        Assert.Equal(file == "Program.cs" ? "" : layer == Entry ? Product : $"{Product}.{layer}", declared);
    }

    [Fact]
    public void Every_layer_and_every_library_is_found()
    {
        string[] files = [.. Files().Select(row => row.Data)];
        string[] names = [.. files.SelectMany(file => Names(file))];

        Assert.Equal(Below.Keys.Order(StringComparer.Ordinal), files.Select(LayerOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.All((string[])["ParquetSharp", "Amazon.Lambda", "Amazon.S3", Product], library => Assert.Contains(names, name => Is(name, library)));
        string[] localNames = [.. LocalFiles().SelectMany(row => Names(row.Data, LocalDirectory))];
        Assert.All((string[])["ParquetSharp", "Spectre.Console", Product], library => Assert.Contains(localNames, name => Is(name, library)));
    }

    private static string LayerOf(string file) => Path.GetDirectoryName(file) is { Length: > 0 } layer ? layer : Entry;

    private static bool Is(string name, string library) => name == library || name.StartsWith(library + ".", StringComparison.Ordinal);

    /// <summary>The layer that a name starts with, in full or as seen from a sibling.</summary>
    private static string? LayerNamedBy(string name)
    {
        string first = (Is(name, Product) ? name[Product.Length..].TrimStart('.') : name).Split('.')[0];
        return Below.ContainsKey(first) ? first : null;
    }

    /// <summary>Imported namespaces and dotted names in the file's code, which is the text without comments, literals and its own namespace.</summary>
    private static IEnumerable<string> Names(string file, string? directory = null)
    {
        string code = Code(file, directory ?? FunctionDirectory);
        return Import().Matches(code).Select(import => import.Groups["name"].Value).Concat(DottedName().Matches(code).Select(name => name.Value));
    }

    private static IEnumerable<string> Words(string file, string directory) => Word().Matches(Code(file, directory)).Select(word => word.Value);

    private static string Code(string file, string directory) =>
        NamespaceLine().Replace(Literal().Replace(Comment().Replace(File.ReadAllText(Path.Combine(directory, file)), ""), ""), "");

    private static string Text(string file) => File.ReadAllText(Path.Combine(FunctionDirectory, file));

    [GeneratedRegex(@"\w+", RegexOptions.None, 5_000)]
    private static partial Regex Word();

    [GeneratedRegex(@"^using\s+(static\s+|\w+\s*=\s*)?(?<name>[\w.]+)\s*;", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Import();

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*(\.[A-Z]\w*)+", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex DottedName();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline, 5_000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"""(\\.|[^""\\\n])*""", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Literal();

    [GeneratedRegex(@"^namespace (?<name>.+);\r?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex NamespaceLine();
}
