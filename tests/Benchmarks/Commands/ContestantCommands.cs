using System.CommandLine;
using CloudTrailAggregation.Benchmarks.Contestants;

namespace CloudTrailAggregation.Benchmarks.Commands;

/// <summary>The commands that the benchmark starts as separate processes.</summary>
internal static class ContestantCommands
{
    public static Command DuckDb()
    {
        var threads = new Option<int>("--threads") { DefaultValueFactory = _ => 1 };
        var rowGroupRows = new Option<long>("--row-group-rows")
        {
            DefaultValueFactory = _ => DuckDbSettings.Default.RowGroupRows,
        };
        var maxLineBytes = new Option<long?>("--max-line-bytes");
        var memoryLimit = new Option<string?>("--memory-limit");
        var month = new Argument<string>("month");
        var file = new Argument<string>("file");
        var command = new Command("duckdb", "Writes a month with DuckDB.")
        {
            threads, rowGroupRows, maxLineBytes, memoryLimit, month, file,
        };
        command.SetAction(arguments =>
        {
            var settings = new DuckDbSettings
            {
                RowGroupRows = arguments.GetValue(rowGroupRows),
                MaxLineBytes = arguments.GetValue(maxLineBytes),
                MemoryLimit = arguments.GetValue(memoryLimit),
            };
            DuckDbMonth.Write(
                arguments.GetRequiredValue(month), arguments.GetRequiredValue(file),
                arguments.GetValue(threads), settings);
        });
        return command;
    }

    public static Command Unpack()
    {
        var month = new Argument<string>("month");
        var command = new Command("gunzip", "Unpacks a month and counts its bytes.") { month };
        command.SetAction(arguments => Console.Out.WriteLine(Gunzip.Read(arguments.GetRequiredValue(month))));
        return command;
    }

    public static Command Compare()
    {
        var files = new Argument<string[]>("files") { Arity = ArgumentArity.OneOrMore };
        var command = new Command("compare", "Compares the rows of Parquet files.") { files };
        command.SetAction(arguments =>
        {
            var differences = Equality.Differences(arguments.GetRequiredValue(files));
            foreach (string difference in differences)
            {
                Console.Out.WriteLine(difference);
            }

            return differences.Count == 0 ? 0 : 1;
        });
        return command;
    }
}
