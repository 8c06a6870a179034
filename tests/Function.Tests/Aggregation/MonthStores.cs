using CloudTrailAggregation.Storage;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>Where a test's month lies: every test that can runs over each kind of store.</summary>
public abstract class MonthStores : IAsyncDisposable
{
    /// <summary>A store that is empty and that no other test uses.</summary>
    public abstract Task<IObjectStore> NewAsync();

    /// <summary>What stands in the stores made here and is no object: temporary files, open uploads.</summary>
    public abstract Task<string[]> LeftoversAsync();

    public abstract ValueTask DisposeAsync();
}

/// <summary>Directories.</summary>
public sealed class DirectoryMonthStores : MonthStores
{
    private static readonly EnumerationOptions All = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("months");
    private int _stores;

    public override Task<IObjectStore> NewAsync() =>
        Task.FromResult<IObjectStore>(new DirectoryStore(Path.Combine(_directory.FullName, $"store-{_stores++}")));

    public override Task<string[]> LeftoversAsync() =>
        Task.FromResult<string[]>([.. _directory.EnumerateFileSystemInfos(".*", All).Select(entry => entry.FullName)]);

    public override ValueTask DisposeAsync()
    {
        _directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
