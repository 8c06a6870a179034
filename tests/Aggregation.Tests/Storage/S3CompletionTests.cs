using CloudTrailAggregation.Ground;
using CloudTrailAggregation.Storage;
using CloudTrailAggregation.Storage.S3;
using Xunit;

namespace CloudTrailAggregation.Tests.Storage;

/// <summary>The completion of an upload when the answer is a refusal, is ambiguous or is lost.</summary>
public sealed class S3CompletionTests : IAsyncDisposable
{
    private readonly FakeS3 _s3 = new();
    private readonly S3Store _store;
    private string _operation = "";
    private int _left;

    public S3CompletionTests() => _store = _s3.Store();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _s3.DisposeAsync();

    [Fact]
    public async Task What_was_not_there_and_what_was_there_are_the_conditions()
    {
        await StageAndCompleteAsync(null);
        var old = new StoredObject("k", 0, _s3.Objects["p/k"].ETag);
        await StageAndCompleteAsync(old);

        var sent = _s3.Requests.Where(request => request.Operation == "Complete").ToArray();
        var conditions = sent.Select(request => request.Headers)
            .Select(headers => (headers.GetValueOrDefault("If-Match"), headers.GetValueOrDefault("If-None-Match")));
        Assert.Equal([(null, "*"), (old.ETag, null)], conditions);
        Assert.NotEqual(old.ETag, _s3.Objects["p/k"].ETag);
        Assert.Equal(0, _s3.Count("Abort"));
    }

    [Theory]
    [InlineData(412, "PreconditionFailed")]
    [InlineData(409, "ConditionalRequestConflict")]
    [InlineData(409, "OperationAborted")]
    public async Task A_condition_that_does_not_hold_is_lost_and_the_upload_is_aborted(int status, string code)
    {
        Answer("Complete", _ => FakeAnswer.Error(status, code));

        var error = await Assert.ThrowsAsync<CommitLostException>(() => StageAndCompleteAsync(null));

        Assert.StartsWith("s3://fake/p/k: another run was faster", error.Message, StringComparison.Ordinal);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task A_race_that_another_run_wins_after_the_look_is_lost()
    {
        Answer("Complete", request =>
        {
            _s3.Put("k", [1]);
            return _s3.Usual(request);
        });

        await Assert.ThrowsAsync<CommitLostException>(() => StageAndCompleteAsync(null));

        Assert.Equal([1], _s3.Objects["p/k"].Bytes);
        Assert.Empty(_s3.Uploads);
    }

    [Fact]
    public async Task What_was_to_be_replaced_and_is_deleted_after_the_look_is_lost()
    {
        var old = _s3.Put("k", [1]);
        Answer("Complete", request =>
        {
            _s3.Objects.Clear();
            return _s3.Usual(request);
        });

        await Assert.ThrowsAsync<CommitLostException>(() => StageAndCompleteAsync(old));

        AssertNothingIsLeft();
    }

    public static TheoryData<string> AmbiguousAnswers =>
        ["dropped", "500", "200 with an error", "412", "409", "404 NoSuchUpload", "timeout"];

    [Theory]
    [MemberData(nameof(AmbiguousAnswers))]
    public async Task An_ambiguous_answer_is_success_when_the_object_there_is_ours(string answer)
    {
        Answer("Complete", request =>
        {
            Assert.Equal(200, _s3.Usual(request).Status);
            return Ambiguous(answer);
        });

        await StageAndCompleteAsync(null);

        Assert.True(_s3.Objects.ContainsKey("p/k"));
        Assert.Equal(0, _s3.Count("Abort"));
    }

    [Theory]
    [MemberData(nameof(AmbiguousAnswers))]
    public async Task An_ambiguous_answer_is_a_failure_when_nothing_is_there(string answer)
    {
        Answer("Complete", _ => Ambiguous(answer));

        var error = await Assert.ThrowsAnyAsync<AggregationException>(() => StageAndCompleteAsync(null));

        Assert.StartsWith("s3://fake/p/k: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(answer is "412" or "409", error is CommitLostException);
        AssertNothingIsLeft();
    }

    [Theory]
    [MemberData(nameof(AmbiguousAnswers))]
    public async Task An_ambiguous_answer_is_a_failure_when_another_runs_object_is_there(string answer)
    {
        Answer("Complete", _ =>
        {
            _s3.Put("k", [1], token: "another");
            return Ambiguous(answer);
        });

        await Assert.ThrowsAnyAsync<AggregationException>(() => StageAndCompleteAsync(null));

        Assert.Equal("another", _s3.Objects["p/k"].Token);
        Assert.Empty(_s3.Uploads);
    }

    [Fact]
    public async Task A_retry_that_meets_its_own_object_is_success()
    {
        Answer("Complete", request =>
        {
            _s3.Usual(request);
            return FakeAnswer.Dropped;
        });

        await StageAndCompleteAsync(null, _s3.Store(tries: 2));

        Assert.Equal(2, _s3.Count("Complete")); // The second was answered 412, because the object exists.
        Assert.Equal(0, _s3.Count("Abort"));
    }

    [Fact]
    public async Task When_looking_fails_as_well_the_message_says_that_it_is_not_known()
    {
        int heads = 0;
        _s3.Intercept = request => request.Operation switch
        {
            "Complete" => FakeAnswer.Error(500, "InternalError"),
            "Head" when heads++ > 0 => FakeAnswer.Error(500, "InternalError"),
            _ => null,
        };

        var error = await Assert.ThrowsAsync<AggregationException>(() => StageAndCompleteAsync(null));

        Assert.Contains("it is not known whether it was completed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_may_list_only_below_a_prefix_is_answered_403_for_what_is_not_there()
    {
        _s3.Intercept = request => request.Operation == "Head" && !_s3.Objects.ContainsKey(request.Key)
            ? FakeAnswer.Error(403, "AccessDenied")
            : null;

        await StageAndCompleteAsync(null);
        await StageAndCompleteAsync(new StoredObject("k", 0, _s3.Objects["p/k"].ETag));
        _s3.Objects.Clear();

        await Assert.ThrowsAsync<CommitLostException>(() => StageAndCompleteAsync(new StoredObject("k", 0, "\"old\"")));
        AssertNothingIsLeft();
    }

    [Theory]
    [InlineData(501)]
    [InlineData(400)]
    public async Task A_server_without_conditional_completion_is_looked_at_right_before(int status)
    {
        Answer("Complete", _ => FakeAnswer.Error(status, "NotImplemented"));

        await StageAndCompleteAsync(null);

        Assert.True(_s3.Objects.ContainsKey("p/k"));
        Assert.Equal(
            ["Head", "Complete", "Head", "Complete"], _s3.Requests.Select(request => request.Operation).Skip(2));
        Assert.DoesNotContain("If-None-Match", _s3.Requests.Last().Headers.Keys);
    }

    [Fact]
    public async Task A_server_without_conditional_completion_loses_too_when_another_run_was_faster()
    {
        var old = _s3.Put("k", [1]);
        Answer("Complete", _ =>
        {
            _s3.Put("k", [2]);
            return FakeAnswer.Error(501, "NotImplemented");
        });

        await Assert.ThrowsAsync<CommitLostException>(() => StageAndCompleteAsync(old));

        Assert.Equal([2], _s3.Objects["p/k"].Bytes);
        Assert.Equal(1, _s3.Count("Complete"));
        Assert.Empty(_s3.Uploads);
    }

    [Fact]
    public async Task A_completion_that_is_cancelled_on_its_way_counts_if_it_took_place()
    {
        using var cancel = new CancellationTokenSource();
        Answer("Complete", request =>
        {
            _s3.Usual(request);
            cancel.Cancel();
            return new FakeAnswer(200) { After = Task.Delay(5_000, Cancellation) };
        });

        await StageAndCompleteAsync(null, cancellation: cancel.Token);

        Assert.True(_s3.Objects.ContainsKey("p/k"));
    }

    [Fact]
    public async Task A_completion_that_is_cancelled_on_its_way_is_aborted_if_it_did_not_take_place()
    {
        using var cancel = new CancellationTokenSource();
        Answer("Complete", _ =>
        {
            cancel.Cancel();
            return new FakeAnswer(200) { After = Task.Delay(5_000, Cancellation) };
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => StageAndCompleteAsync(null, cancellation: cancel.Token));

        AssertNothingIsLeft();
    }

    private async Task StageAndCompleteAsync(
        StoredObject? replaced, S3Store? store = null, CancellationToken? cancellation = null)
    {
        await using var staged = (store ?? _store).Stage("k", "text/plain", Cancellation);
        await staged.CompleteAsync(replaced, cancellation ?? Cancellation);
    }

    // Answers one request; the following ones get the default answers.
    private void Answer(string operation, Func<FakeRequest, FakeAnswer> answer)
    {
        (_operation, _left) = (operation, 1);
        _s3.Intercept = request =>
            request.Operation == _operation && Interlocked.Decrement(ref _left) == 0 ? answer(request) : null;
    }

    private static FakeAnswer Ambiguous(string answer) => answer switch
    {
        "dropped" => FakeAnswer.Dropped,
        "timeout" => FakeAnswer.Error(400, "RequestTimeout"),
        "500" => FakeAnswer.Error(500, "InternalError"),
        "200 with an error" => FakeAnswer.Error(200, "InternalError"),
        "412" => FakeAnswer.Error(412, "PreconditionFailed"),
        "409" => FakeAnswer.Error(409, "ConditionalRequestConflict"),
        _ => FakeAnswer.Error(404, "NoSuchUpload"),
    };

    private void AssertNothingIsLeft()
    {
        Assert.Empty(_s3.Objects);
        Assert.Empty(_s3.Uploads);
        Assert.Equal(1, _s3.Count("Abort"));
    }
}
