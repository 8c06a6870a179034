using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;

namespace CloudTrailAggregation.Storage.S3;

/// <summary>The SDK's client, which sends a request again by itself, made to tell how often it did.</summary>
internal sealed class S3RetryCountingClient(AmazonS3Config config, TimeSpan longestWait) : AmazonS3Client(config)
{
    private readonly RetryCount _count = new();

    /// <summary>Requests that were sent again so far.</summary>
    public long Retries => _count.Retries;

    // Called by the base class's constructor.
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        foreach (var handler in pipeline.Handlers.OfType<RetryHandler>())
        {
            ((StandardRetryPolicy)handler.RetryPolicy).MaxBackoffInMilliseconds = (int)longestWait.TotalMilliseconds;
        }

        pipeline.AddHandlerAfter<RetryHandler>(_count);
    }

    /// <summary>Behind the handler that sends again: each try passes here, on a fresh connection after a stale one too.</summary>
    private sealed class RetryCount : PipelineHandler
    {
        private const string Passed = nameof(RetryCount);

        private long _retries;

        public long Retries => Interlocked.Read(ref _retries);

        public override Task<T> InvokeAsync<T>(IExecutionContext executionContext)
        {
            if (!executionContext.RequestContext.ContextAttributes.TryAdd(Passed, true))
            {
                Interlocked.Increment(ref _retries);
            }

            return base.InvokeAsync<T>(executionContext);
        }
    }
}
