using System.CommandLine;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.Directories;
using CloudTrailAggregation.Storage.S3;

namespace CloudTrailAggregation.Local;

/// <summary>The options that say where source, destination and S3 are: the same in every command.</summary>
internal sealed class PlaceOptions
{
    private const string PlaceForm = "DIR|s3://...";

    private readonly Option<string> _source = new("--source")
    {
        Description = "A trail (AWSLogs/, or any place on its path), or stage 1's daily files.",
        HelpName = PlaceForm,
        Required = true,
    };

    private readonly Option<string> _destination = new("--destination")
    {
        Description = "Where YYYY/MM/000000.parquet is; may be the source.",
        HelpName = PlaceForm,
        Required = true,
    };

    private readonly Option<string> _sourceRegion = OptionTypes.Region(
        "--source-region", "The source bucket's region; by default the environment's or the profile's.");

    private readonly Option<string> _destinationRegion = OptionTypes.Region(
        "--destination-region", "The destination bucket's region; by default likewise.");

    private readonly Option<string> _region = OptionTypes.Region(
        "--region", "The bucket's region; by default that of the environment or the profile.");

    private readonly Option<S3UploadEncryption> _encryption = OptionTypes.Encryption(
        "--sse", "The encryption header of each new object, if a bucket's policy demands one.");

    private readonly Option<Uri> _endpointUrl = OptionTypes.WebAddress(
        "--endpoint-url", "The address of an S3-compatible server; by default AWS.");

    private readonly Option<bool> _pathStyle = new("--path-style")
    {
        Description = "Put the bucket into the path, as most S3-compatible servers need it.",
    };

    /// <summary>--source and --destination.</summary>
    public Option[] Ends => [_source, _destination];

    /// <summary>Where S3 is, in a command that has two places.</summary>
    public Option[] Servers => [_sourceRegion, _destinationRegion, _endpointUrl, _pathStyle];

    /// <summary>Where S3 is, in a command that has one place.</summary>
    public Option[] Server => [_region, _endpointUrl, _pathStyle];

    /// <summary>--sse, in a command that writes.</summary>
    public Option Encryption => _encryption;

    /// <summary>The S3 of a command that has one place.</summary>
    public S3Endpoint Endpoint(ParseResult arguments) => Endpoint(arguments, _region);

    public S3Endpoint DestinationEndpoint(ParseResult arguments) => Endpoint(arguments, _destinationRegion);

    /// <exception cref="WrongUsageException">
    /// A place has the wrong form, or is a directory and has a bucket's options.
    /// </exception>
    /// <exception cref="AggregationException">A place cannot be used in this environment.</exception>
    public (IObjectStore Source, IObjectStore Destination) Open(ParseResult arguments)
    {
        var destination = Place.Open(
            arguments.GetRequiredValue(_destination), DestinationEndpoint(arguments), arguments.GetValue(_encryption));
        RefuseForDirectory(arguments, destination, _destinationRegion, _encryption);
        var source = Place.OpenSource(arguments.GetRequiredValue(_source), Endpoint(arguments, _sourceRegion));
        RefuseForDirectory(arguments, source, _sourceRegion);
        return (source, destination);
    }

    private static void RefuseForDirectory(ParseResult arguments, IObjectStore store, params Option[] bucketOptions)
    {
        if (store is DirectoryStore
            && Array.Find(bucketOptions, option => arguments.GetResult(option) is not null) is { } option)
        {
            throw new WrongUsageException(
                $"{option.Name} is for a bucket, and {store.UriOf("")} is a directory. Leave {option.Name} out.");
        }
    }

    private S3Endpoint Endpoint(ParseResult arguments, Option<string> region) =>
        Place.Endpoint(arguments.GetValue(region), arguments.GetValue(_endpointUrl), arguments.GetValue(_pathStyle));
}
