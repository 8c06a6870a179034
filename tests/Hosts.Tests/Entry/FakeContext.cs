using Amazon.Lambda.Core;

namespace CloudTrailAggregation.Tests.Entry;

/// <summary>Lambda's description of an invocation.</summary>
internal sealed class FakeContext : ILambdaContext
{
    public string AwsRequestId { get; init; } = "8f7a1c9e-0000-4000-8000-000000000001";
    public TimeSpan RemainingTime { get; init; } = TimeSpan.FromMinutes(15);
    public string FunctionName => "aggregation";
    public string FunctionVersion => "$LATEST";
    public string InvokedFunctionArn => "arn:aws:lambda:eu-central-1:123456789012:function:aggregation";
    public string LogGroupName => "/aws/lambda/aggregation";
    public string LogStreamName => "stream";
    public int MemoryLimitInMB => 1769;
    public IClientContext ClientContext => null!;
    public ICognitoIdentity Identity => null!;
    public ILambdaLogger Logger => null!;
}
