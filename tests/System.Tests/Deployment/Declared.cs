using CloudTrailAggregation.Events;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>What the deployment's files are checked against: the settings and columns in the code.</summary>
internal static class Declared
{
    /// <summary>All environment variables that the function reads.</summary>
    public static readonly string[] Settings = [.. CloudTrailAggregation.Settings.Names];

    /// <summary>The columns of the files in their order, with their Athena types.</summary>
    public static readonly (string Name, string Type)[] Columns =
        [.. EventSchema.Columns.Select(column => (column.Name, TypeOf(column.Kind)))];

    private static string TypeOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Timestamp => "timestamp",
        ColumnKind.Boolean => "boolean",
        _ => "string",
    };
}
