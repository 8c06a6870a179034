using System.CommandLine;
using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Local;

/// <summary>The options that say where source and destination are, and where S3 is: the same in every command.</summary>
internal sealed class PlaceOptions
{
    public const string PlaceForm = "DIR|s3://bucket/prefix";

    private readonly Option<string> _source = new("--source")
    {
        Description = "Where YYYY/MM/DD/*.ndjson.gz is, one event a line.", HelpName = PlaceForm, Required = true,
    };

    private readonly Option<string> _destination = new("--destination")
    {
        Description = "Where YYYY/MM/000000.parquet is; may be the source.", HelpName = PlaceForm, Required = true,
    };

    private readonly Option<Uri> _endpointUrl = OptionTypes.WebAddress(
        "--endpoint-url", "The address of an S3-compatible server; otherwise AWS.");

    private readonly Option<bool> _pathStyle = new("--path-style")
    {
        Description = "Put the bucket into the path instead of the host name, as most S3-compatible servers want it.",
    };

    /// <summary>--source and --destination.</summary>
    public Option[] Ends => [_source, _destination];

    /// <summary>--endpoint-url and --path-style.</summary>
    public Option[] Server => [_endpointUrl, _pathStyle];

    public S3Endpoint Endpoint(ParseResult arguments) =>
        Place.Endpoint(arguments.GetValue(_endpointUrl), arguments.GetValue(_pathStyle));

    /// <exception cref="WrongUsageException">One of them is no place.</exception>
    /// <exception cref="AggregationException">One of them cannot be used as things are.</exception>
    public (IObjectStore Source, IObjectStore Destination) Open(ParseResult arguments)
    {
        var endpoint = Endpoint(arguments);
        var destination = Place.Open(arguments.GetRequiredValue(_destination), endpoint);
        return (Place.OpenSource(arguments.GetRequiredValue(_source), endpoint), destination);
    }
}
