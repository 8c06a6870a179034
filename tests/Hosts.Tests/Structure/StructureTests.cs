using System.Text.RegularExpressions;
using Xunit;

namespace CloudTrailAggregation.Tests.Structure;

/// <summary>
/// The rooms of the library in the order of the data: a room uses only rooms that come before it. The tests read the
/// compiled assemblies, so that they see every use of a type.
/// </summary>
public sealed partial class StructureTests
{
    private const string Product = "CloudTrailAggregation";

    /// <summary>In the order of docs/architecture.md, from the bottom up.</summary>
    private static readonly string[] Rooms =
        [
            "Ground", "Storage", "Json", "Source", "Framing", "Events", "Columns", "Parquet", "Plan", "Write", "Commit",
            "Run",
        ];

    private static readonly IReadOnlyCollection<(string User, string Used)> Library = AssemblyUse.Of(
        typeof(CloudTrailAggregation.Run.AggregationRun).Assembly.Location);

    private static readonly IReadOnlyCollection<(string User, string Used)> Terminal = AssemblyUse.Of(
        typeof(CloudTrailAggregation.Local.Check.MonthCheck).Assembly.Location);

    private static readonly IReadOnlyCollection<(string User, string Used)> Lambda = AssemblyUse.Of(
        typeof(Handler).Assembly.Location);

    public static TheoryData<string> AllRooms => [.. Rooms];

    [Theory]
    [MemberData(nameof(AllRooms))]
    public void A_room_uses_only_rooms_before_it(string room)
    {
        int place = Array.IndexOf(Rooms, room);

        Assert.DoesNotContain(
            Library, use => RoomOf(use.User) == room && Array.IndexOf(Rooms, RoomOf(use.Used)) > place);
    }

    [Fact]
    public void Every_type_of_the_library_is_in_a_room_and_every_room_is_used()
    {
        string[] found = [.. Library.Select(use => use.User).Where(IsOurs).Select(type => RoomOf(type) ?? type)
            .Distinct(StringComparer.Ordinal)];

        Assert.Equal(Rooms.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ParquetSharp", "Parquet")]
    [InlineData("Apache.Arrow", "Parquet")]
    [InlineData("Amazon", "Storage")]
    public void A_library_is_used_in_the_room_named_for_it(string library, string room)
    {
        string[] users = [.. Library.Where(use => Is(use.Used, library)).Select(use => RoomOf(use.User)!)
            .Distinct(StringComparer.Ordinal)];

        Assert.Equal([room], users);
    }

    [Theory]
    [InlineData("Amazon.Lambda")]
    [InlineData("Microsoft.Extensions")]
    [InlineData("System.CommandLine")]
    [InlineData("Spectre")]
    [InlineData("System.Console")]
    public void The_library_knows_nothing_of_its_hosts(string foreign) =>
        Assert.DoesNotContain(Library, use => Is(use.Used, foreign));

    [Fact]
    public void The_function_uses_no_Parquet_library_and_no_S3_of_its_own()
    {
        Assert.DoesNotContain(
            Lambda,
            use => Is(use.Used, "ParquetSharp") || Is(use.Used, "Apache") || Is(use.Used, "Amazon.S3")
                || Is(use.Used, "Amazon.Runtime"));
        Assert.Contains(Lambda, use => Is(use.Used, "Amazon.Lambda"));
    }

    [Fact]
    public void At_the_terminal_each_library_is_used_in_one_place()
    {
        Assert.Equal([$"{Product}.Local.ProgressDisplay"], UsersAtTheTerminal("Spectre"));
        Assert.Equal([$"{Product}.Local.Identity", $"{Product}.Local.Place"], UsersAtTheTerminal("Amazon"));
        Assert.Empty(UsersAtTheTerminal("ParquetSharp"));
        Assert.Empty(UsersAtTheTerminal("Apache"));
    }

    [Fact]
    public void The_check_reads_events_without_the_code_that_it_proves()
    {
        string[] proven = ["Json", "Framing", "Columns", "Write", "Commit", "Run"];
        string[] provenTypes =
        [
            $"{Product}.Events.EventReader", $"{Product}.Events.MemberNames", $"{Product}.Events.OtherFields",
            $"{Product}.Events.IdentityReader", $"{Product}.Events.IdentityCache", $"{Product}.Events.IdentityValues",
            $"{Product}.Events.BooleanWord",
            $"{Product}.Plan.SourceListing", $"{Product}.Plan.SourceDiscovery", $"{Product}.Plan.TrailFolders",
        ];

        Assert.DoesNotContain(
            Terminal,
            use => IsOfCheck(use.User) && !use.User.EndsWith("Command", StringComparison.Ordinal)
                && (provenTypes.Contains(use.Used) || (proven.Contains(RoomOf(use.Used)) && !AreCounts(use.Used))));
    }

    [Fact]
    public void The_architecture_page_has_the_rooms_in_their_order_and_the_main_path_as_it_is()
    {
        string page = File.ReadAllText(Repository.File("docs", "architecture.md"));
        string[] path = [.. Block().Match(page).Groups["code"].Value.Split('\n').Select(line => line.Trim())
            .Where(line => line.Length > 0)];
        string code = File.ReadAllText(Repository.File("Aggregation", "Run", "AggregationRun.cs"));

        Assert.Equal(
            Rooms.Reverse(), RoomRow().Matches(page).Take(Rooms.Length).Select(row => row.Groups["room"].Value));
        Assert.Contains("unit, source, destination, options, sources, isOfMonth, started, cancellation);", path);
        Assert.Contains(
            string.Join('\n', path),
            string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Aggregation")]
    [InlineData("Function")]
    [InlineData("Local")]
    public void A_file_is_in_the_namespace_of_its_folder(string project)
    {
        string root = project == "Aggregation" || project == "Function" ? Product : $"{Product}.{project}";
        string directory = Repository.File(project);
        foreach (string path in Directory.EnumerateFiles(directory, "*.cs", SearchOption.AllDirectories))
        {
            string folder = Path.GetRelativePath(directory, Path.GetDirectoryName(path)!)
                .Replace(Path.DirectorySeparatorChar, '.');
            string declared = NamespaceLine().Match(File.ReadAllText(path)).Groups["name"].Value;

            // Program has top-level statements and no namespace.
            Assert.True(
                folder.StartsWith("obj", StringComparison.Ordinal) || folder.StartsWith("bin", StringComparison.Ordinal)
                || Path.GetFileName(path) == "Program.cs" || declared == (folder == "." ? root : $"{root}.{folder}"),
                $"{path}: {declared}");
        }
    }

    /// <summary>Whether a type reads events for the check, by itself or together with show.</summary>
    private static bool IsOfCheck(string type) =>
        Is(type, $"{Product}.Local.Check") || Is(type, $"{Product}.Local.DerivedValues")
        || Is(type, $"{Product}.Local.JsonString");

    /// <summary>The counts and the progress, which a check reports like a run.</summary>
    private static bool AreCounts(string type) =>
        type is $"{Product}.Write.RecordCounts" or $"{Product}.Write.RunProgress";

    private static IEnumerable<string> UsersAtTheTerminal(string library) =>
        Terminal.Where(use => Is(use.Used, library)).Select(use => use.User).Distinct(StringComparer.Ordinal);

    private static bool IsOurs(string type) => Is(type, Product);

    private static bool Is(string name, string library) =>
        name == library || name.StartsWith(library + ".", StringComparison.Ordinal);

    /// <summary>The room of one of the library's types; null for any other.</summary>
    private static string? RoomOf(string type) =>
        IsOurs(type) && type.Split('.') is [_, var room, _, ..] && Rooms.Contains(room) ? room : null;

    [GeneratedRegex(
        @"^```csharp\n(?<code>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Block();

    [GeneratedRegex(@"^\| `(?<room>\w+)/` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex RoomRow();

    [GeneratedRegex(@"^namespace (?<name>.+);\r?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex NamespaceLine();
}
