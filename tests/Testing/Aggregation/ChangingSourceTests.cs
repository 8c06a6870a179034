using CloudTrailAggregation.Parquet;
using CloudTrailAggregation.Plan;
using Xunit;

namespace CloudTrailAggregation.Tests.Aggregation;

/// <summary>A source that changes while it is read is planned and read again, three times at most.</summary>
public abstract class ChangingSourceTests(MonthStores stores) : MonthTest(stores)
{
    private const string Read = "2024/02/01/000000.ndjson.gz";
    private const string Late = "2024/02/02/late.ndjson";
    private const string Last = "2024/02/29/000000.ndjson.gz";

    [Fact]
    public async Task An_object_that_appears_before_the_commit_is_read_by_a_new_plan() =>
        await AssertReadAgainAsync(() => PutAsync(Late, Event("late")), "a", "late", "z");

    [Fact]
    public async Task An_object_that_vanishes_after_it_was_read_is_not_in_the_month() =>
        await AssertReadAgainAsync(() => Source.DeleteAsync(Read, Cancellation), "z");

    [Fact]
    public async Task An_object_that_is_replaced_after_it_was_read_is_read_again() =>
        await AssertReadAgainAsync(() => PutAsync(Read, Event("other")), "other", "z");

    [Fact]
    public async Task An_empty_object_that_gets_lines_is_read_by_a_new_plan()
    {
        await PutBytesAsync(Late, []);

        await AssertReadAgainAsync(() => PutAsync(Late, Event("late")), "a", "late", "z");
    }

    [Fact]
    public async Task An_object_that_is_ignored_may_come_and_go()
    {
        await PutAsync(Read, Event("a"));
        var source = BeforeTheCommit(_ => PutTextAsync("2024/02/02/notes.txt", "notes"));

        var result = await RunAsync(source: source);

        Assert.Equal(["a"], Ids(result.Rows));
        Assert.Equal(0, result.Report.PlannedAgain);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_object_that_vanishes_or_is_replaced_before_it_is_read_makes_a_new_plan(bool vanishes)
    {
        await PutAsync(Read, Event("a"));
        await PutAsync(Last, Event("b"));
        bool changed = false;
        var source = new InterruptedStore(Source)
        {
            Opening = key =>
            {
                bool first = key == Last && !changed;
                changed |= first;
                return !first ? Task.CompletedTask
                    : vanishes ? Source.DeleteAsync(Last, Cancellation)
                    : PutAsync(Last, Event("bb"));
            },
        };

        var result = await RunAsync(source: source);

        Assert.Equal(vanishes ? ["a"] : ["a", "bb"], Ids(result.Rows));
        Assert.Equal(1, result.Report.PlannedAgain);
    }

    [Fact]
    public async Task Two_changes_in_a_row_are_read_by_the_third_plan()
    {
        await PutAsync(Read, Event("a"));
        var source = BeforeTheCommit(run => run <= 2 ? PutAsync(Late, Event($"late {run}")) : Task.CompletedTask);

        var result = await RunAsync(source: source);

        Assert.Equal(["a", "late 2"], Ids(result.Rows));
        Assert.Equal((2, 2L, 2), (result.Report.PlannedAgain, result.Report.Events, result.Report.SourceFiles));
    }

    [Fact]
    public async Task A_third_change_fails_the_run_and_names_the_object()
    {
        await PutAsync(Read, Event("a"), "reject");
        await RunAsync();
        await PutAsync(Last, Event("z"));
        var source = BeforeTheCommit(run => PutAsync(Late, Event($"late {run}")));

        var failure = await FailsAsync(source: source);

        Assert.StartsWith(
            $"{Source.UriOf(Late)}: it came, went or changed while the month was read (1 changes in the listing)",
            failure.Message, StringComparison.Ordinal);
        Assert.Contains(
            "The source changed in each of 3 attempts to read it.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_month_that_shrinks_by_a_change_is_still_refused()
    {
        await PutAsync(Read, Event("a"));
        await PutAsync(Last, Event("z"));
        await RunAsync(new RunOptions { Codec = Codec.None });

        var failure = await FailsAsync(source: BeforeTheCommit(_ => Source.DeleteAsync(Read, Cancellation)));

        Assert.Contains(
            "hold 2 events, this run found 1: the month would shrink", failure.Message, StringComparison.Ordinal);
    }

    private async Task AssertReadAgainAsync(Func<Task> change, params string[] ids)
    {
        await PutAsync(Read, Event("a"), "reject");
        await PutAsync(Last, Event("z"));

        var result = await RunAsync(source: BeforeTheCommit(run => run == 1 ? change() : Task.CompletedTask));

        Assert.Equal(ids, Ids(result.Rows));
        Assert.Equal(1, result.Report.PlannedAgain);
    }

    /// <summary>
    /// The source, in which something happens before the second listing of each plan, which comes before the commit.
    /// </summary>
    private InterruptedStore BeforeTheCommit(Func<int, Task> change) =>
        new(Source) { Listing = (_, number) => number % 2 == 0 ? change(number / 2) : Task.CompletedTask };
}
