using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>A source that changes while it is read fails the run.</summary>
public abstract class ChangingSourceTests(MonthStores stores) : MonthTest(stores)
{
    private const string Read = "2024/02/01/000000.ndjson.gz";
    private const string Last = "2024/02/29/000000.ndjson.gz";

    [Fact]
    public async Task An_object_that_appears_before_the_commit_fails_the_run() =>
        await AssertFailsAsync("2024/02/02/late.ndjson", () => PutAsync("2024/02/02/late.ndjson", Event("late")));

    [Fact]
    public async Task An_object_that_vanishes_after_it_was_read_fails_the_run() =>
        await AssertFailsAsync(Read, () => Source.DeleteAsync(Read, Cancellation));

    [Fact]
    public async Task An_object_that_is_replaced_after_it_was_read_fails_the_run() =>
        await AssertFailsAsync(Read, () => PutAsync(Read, Event("other")));

    [Fact]
    public async Task An_empty_object_that_gets_lines_fails_the_run()
    {
        await PutBytesAsync("2024/02/03/000000.ndjson", []);

        await AssertFailsAsync("2024/02/03/000000.ndjson", () => PutAsync("2024/02/03/000000.ndjson", Event("late")));
    }

    [Fact]
    public async Task An_object_that_is_ignored_may_come_and_go()
    {
        await PutAsync(Read, Event("a"));
        var source = BeforeTheCommit(() => PutTextAsync("2024/02/02/notes.txt", "notes"));

        Assert.Equal(["a"], Ids((await RunAsync(source: source)).Rows));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_object_that_vanishes_or_is_replaced_before_it_is_read_fails_the_run(bool vanishes)
    {
        await PutAsync(Read, Event("a"));
        await RunAsync();
        await PutAsync(Last, Event("b"));
        var source = new InterruptedStore(Source)
        {
            Opening = key => key != Last ? Task.CompletedTask
                : vanishes ? Source.DeleteAsync(Last, Cancellation)
                : PutAsync(Last, Event("bb")),
        };

        var failure = await FailsAsync(source: source);

        Assert.StartsWith(Source.UriOf(Last), failure.Message, StringComparison.Ordinal);
    }

    private async Task AssertFailsAsync(string changed, Func<Task> change)
    {
        await PutAsync(Read, Event("a"), "reject");
        await PutAsync(Last, Event("z"));
        await RunAsync();

        var failure = await FailsAsync(source: BeforeTheCommit(change));

        Assert.StartsWith(
            $"{Source.UriOf(changed)}: it came, went or changed while the month was read", failure.Message,
            StringComparison.Ordinal);
    }

    /// <summary>The source, with an action that runs before the listing that precedes the commit.</summary>
    private InterruptedStore BeforeTheCommit(Func<Task> change) =>
        new(Source) { Listing = (_, number) => number == 2 ? change() : Task.CompletedTask };
}
