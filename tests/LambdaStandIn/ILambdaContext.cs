// Like the package, whose assembly has no nullable annotations.
#nullable disable annotations

namespace Amazon.Lambda.Core;

/// <summary>
/// The context of an invocation, with the members of Amazon.Lambda.Core 3.2.0 except Serializer, which has a body in
/// the package and is null for handlers of streams.
/// </summary>
public interface ILambdaContext
{
    /// <summary>The invocation's id; a retry of an asynchronous invocation has the same.</summary>
    string AwsRequestId { get; }

    /// <summary>Set for callers with the mobile SDK, otherwise null.</summary>
    IClientContext ClientContext { get; }

    string FunctionName { get; }

    string FunctionVersion { get; }

    /// <summary>Set for callers with the mobile SDK, otherwise null.</summary>
    ICognitoIdentity Identity { get; }

    /// <summary>The ARN as the caller named it, with the alias if there is one.</summary>
    string InvokedFunctionArn { get; }

    ILambdaLogger Logger { get; }

    string LogGroupName { get; }

    string LogStreamName { get; }

    /// <summary>The function's memory, in MiB.</summary>
    int MemoryLimitInMB { get; }

    /// <summary>Time until Lambda stops the invocation; negative when it is over.</summary>
    TimeSpan RemainingTime { get; }

    /// <summary>The tenant of a function with tenant isolation, otherwise empty.</summary>
    string TenantId => "";

    /// <summary>The X-Ray header of the invocation, or empty.</summary>
    string TraceId => "";
}

/// <summary>The client application of a caller with the mobile SDK.</summary>
public interface IClientContext
{
    IDictionary<string, string> Environment { get; }

    IClientApplication Client { get; }

    IDictionary<string, string> Custom { get; }
}

/// <inheritdoc cref="IClientContext"/>
public interface IClientApplication
{
    string AppPackageName { get; }

    string AppTitle { get; }

    string AppVersionCode { get; }

    string AppVersionName { get; }

    string InstallationId { get; }
}

/// <summary>The Cognito identity of a caller with the mobile SDK.</summary>
public interface ICognitoIdentity
{
    string IdentityId { get; }

    string IdentityPoolId { get; }
}
