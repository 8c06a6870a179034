using Amazon.Lambda.Core;
using Amazon.Lambda.RuntimeSupport;
using CloudTrailAggregation;
using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.S3;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

using var output = Console.OpenStandardOutput();
Handler? handler = null;
Func<Stream, ILambdaContext, Task<Stream>> handle =
    (triggerEvent, context) => handler!.HandleAsync(triggerEvent, context);
using var bootstrap = LambdaBootstrapBuilder.Create(handle).UseBootstrapHandler(Initialize).Build();
try
{
    await bootstrap.RunAsync();
    return 0;
}
catch (AggregationException)
{
    // Initialize has logged it, and the bootstrap has reported it as the error of the initialization.
    return 1;
}

Task<bool> Initialize()
{
    try
    {
        ParquetLibrary.Load(
            "Attach the layer that build-layers.sh built for this architecture and this version of the function "
            + "(LayerKey or ParquetSharpLayerArn in the template).");
#pragma warning disable RS0030 // The entry point is the only place that reads the environment.
        var settings = Settings.Read(Environment.GetEnvironmentVariable);
#pragma warning restore RS0030
        settings = settings with { Options = settings.Options with { Threads = Environment.ProcessorCount } };
        // Each store has its own client, which counts its retries; the SDK shares the connections.
        var source = StoreLocation.OpenBucket(
            settings.SourceBucket, settings.SourcePrefix, new S3Endpoint(settings.SourceRegion));
        var destination = StoreLocation.OpenBucket(
            settings.DestinationBucket,
            settings.DestinationPrefix,
            new S3Endpoint(settings.DestinationRegion),
            encryption: settings.Encryption);
        handler = new Handler(settings, source, destination, TimeProvider.System, output);
        return Task.FromResult(true);
    }
    catch (AggregationException error)
    {
        var logger = new JsonLineLogger(output, LogLevel.Information, TimeProvider.System, requestId: null);
        Log.CannotStart(logger, error, error.Message);
        throw;
    }
}
