using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace CloudTrailAggregation.Local;

/// <summary>The options, as the library prints them, and examples below them.</summary>
/// <param name="examples">Commands to be pasted, and what the exit code says.</param>
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
