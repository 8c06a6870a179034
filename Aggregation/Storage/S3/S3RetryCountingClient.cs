using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;

namespace CloudTrailAggregation.Storage.S3;

/// <summary>The SDK's client, which sends failed requests again; this one counts how often it does.</summary>
internal sealed class S3RetryCountingClient(AmazonS3Config config, TimeSpan maxRetryDelay) : AmazonS3Client(config)
{
    private readonly RetryCount _count = new();

    /// <summary>The number of requests sent again so far.</summary>
    public long Retries => _count.Retries;

    // Called by the base class's constructor.
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        foreach (var handler in pipeline.Handlers.OfType<RetryHandler>())
        {
            ((StandardRetryPolicy)handler.RetryPolicy).MaxBackoffInMilliseconds = (int)maxRetryDelay.TotalMilliseconds;
        }

        pipeline.AddHandlerAfter<RetryHandler>(_count);
    }

    /// <summary>
    /// Counts tries. It comes after the handler that sends again, so every try passes it, including the one on a fresh
    /// connection after a stale one.
    /// </summary>
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
