using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.S3.Internal;
using Amazon.S3.Model;

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
        var policy = new RetryPolicyBesidePace(Config)
        {
            MaxBackoffInMilliseconds = (int)maxRetryDelay.TotalMilliseconds,
        };
        pipeline.ReplaceHandler<RetryHandler>(new RetryHandler(policy));
        pipeline.AddHandlerAfter<RetryHandler>(_count);
    }

    /// <summary>The SDK's policy, except for what <see cref="S3Pace"/> sends again.</summary>
    private sealed class RetryPolicyBesidePace(IClientConfig config) : AmazonS3StandardRetryPolicy(config)
    {
        public override Task<bool> RetryForExceptionAsync(IExecutionContext executionContext, Exception exception)
        {
            bool isPaced = executionContext.RequestContext.OriginalRequest is GetObjectRequest or ListObjectsV2Request;
            return isPaced && S3Error.IsBusy(exception)
                ? Task.FromResult(false)
                : base.RetryForExceptionAsync(executionContext, exception);
        }
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
