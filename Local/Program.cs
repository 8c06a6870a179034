// The entry point: arguments in, exit code out.
using System.CommandLine;
using System.CommandLine.Invocation;
using CloudTrailAggregation.Local;
using CloudTrailAggregation.Local.Check;
using CloudTrailAggregation.Local.Show;

var root = new RootCommand("Turns months of CloudTrail logs into Parquet files, and proves that nothing is missing.")
{
    new AggregateCommand(TimeProvider.System),
    new CheckCommand(TimeProvider.System),
    new ShowCommand(),
    Failure.Verbose,
};

// An argument that starts with '@' is a key like any other, not a file of more arguments.
var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parsed.Action is ParseErrorAction)
{
    return Failure.WrongUsage(parsed.Errors.Select(error => error.Message));
}

using var interruption = new Interruption();
try
{
    // Signals and exceptions are handled here, so that one place decides the exit code.
    var invocation = new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = null,
    };
    return await parsed.InvokeAsync(invocation, interruption.Token);
}
catch (WrongUsageException e)
{
    return Failure.WrongUsage([e.Message]);
}
catch (OperationCanceledException e) when (interruption.Token.IsCancellationRequested)
{
    return Failure.Cancelled(interruption.ExitCode, e);
}
catch (Exception e)
{
    return Failure.Failed(e, parsed.GetValue(Failure.Verbose));
}
