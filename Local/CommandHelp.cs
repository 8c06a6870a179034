using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace CloudTrailAggregation.Local;

/// <summary>Prints the options as System.CommandLine does, and examples below them.</summary>
/// <param name="examples">Commands to paste, and the meaning of the exit codes.</param>
internal sealed class CommandHelp(string examples) : SynchronousCommandLineAction
{
    private readonly HelpAction _options = new();

    public override bool ClearsParseErrors => true;

    public static Option OptionWith(string examples) => new HelpOption { Action = new CommandHelp(examples) };

    public override int Invoke(ParseResult parseResult)
    {
        int exitCode = _options.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(examples);
        return exitCode;
    }
}
