using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using CloudTrailAggregation.Fuzzing.Targets;

namespace CloudTrailAggregation.Fuzzing;

/// <summary>
/// Runs inputs over the targets in turn until the time is over or an input fails. Input n of a seed is the same in
/// every run, whatever came before it.
/// </summary>
internal sealed class FuzzRun(IReadOnlyList<ITarget> targets, Corpus corpus, ulong seed) : IDisposable
{
    /// <summary>Longer inputs are kept only in part; seed and number make them again.</summary>
    private const int MaxKeptBytes = 1 << 20;

    /// <summary>One turn in 400 is the slow target's.</summary>
    private const int TurnsPerMonth = 400;

    private static readonly TimeSpan MinimizeFor = TimeSpan.FromSeconds(60);

    // A memory-mapped file, because it survives the process: a read beyond the guarded line ends it without a message.
    private readonly MemoryMappedFile _last = MemoryMappedFile.CreateFromFile(
        LastInputPath, FileMode.Create, mapName: null, MaxKeptBytes + sizeof(int));
    private readonly long[] _inputs = new long[targets.Count];

    /// <summary>The file with the length of the input under test (4 bytes, little-endian) and the input.</summary>
    public static string LastInputPath =>
        Path.Combine(Path.GetTempPath(), $"fuzzing-last-input-{Environment.ProcessId}");

    /// <returns>Whether no input failed.</returns>
    public bool Run(TimeSpan time, long firstInput)
    {
        using var last = _last.CreateViewAccessor();
        long started = Stopwatch.GetTimestamp();
        long reported = started;
        for (long number = firstInput; Stopwatch.GetElapsedTime(started) < time; number++)
        {
            var (target, input) = Make(number);
            last.Write(0, input.Length);
            last.WriteArray(sizeof(int), input, 0, Math.Min(input.Length, MaxKeptBytes));
            if (Failure(target, input) is { } failure)
            {
                Report(number, target, input, failure);
                return false;
            }

            _inputs[IndexOf(target)]++;
            if (Stopwatch.GetElapsedTime(reported) > TimeSpan.FromMinutes(1))
            {
                reported = Stopwatch.GetTimestamp();
                Console.WriteLine(Summary(started));
            }
        }

        Console.WriteLine(Summary(started));
        File.Delete(LastInputPath);
        return true;
    }

    public void Dispose() => _last.Dispose();

    private (ITarget Target, byte[] Input) Make(long number)
    {
        var dice = new Random(HashCode(seed, (ulong)number));
        bool month = number % TurnsPerMonth == 0;
        var target = month ? targets[^1] : targets[(int)(number % Math.Max(1, targets.Count - 1))];
        return (target, target.Generate(dice, corpus));
    }

    /// <summary>SplitMix64, so that consecutive numbers give unrelated dice.</summary>
    private static int HashCode(ulong seed, ulong number)
    {
        ulong mixed = seed + (number * 0x9E3779B97F4A7C15);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)(mixed ^ (mixed >> 31));
    }

    private static Exception? Failure(ITarget target, byte[] input)
    {
        try
        {
            target.Run(input);
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    private int IndexOf(ITarget target) => targets.TakeWhile(each => each != target).Count();

    private string Summary(long started)
    {
        string inputs = string.Join(", ", targets.Select((target, index) => $"{_inputs[index]:N0} {target.Name}"));
        return $"{Stopwatch.GetElapsedTime(started):hh\\:mm\\:ss} seed {seed}: {inputs}: "
            + $"{_inputs.Sum():N0} inputs, no finding";
    }

    private void Report(long number, ITarget target, byte[] input, Exception failure)
    {
        byte[] minimal = Minimize(target, input);
        string path = Path.Combine(Path.GetTempPath(), $"fuzzing-{target.Name}-{seed}-{number}");
        File.WriteAllBytes(path, minimal);
        string shown = Convert.ToHexString(minimal.AsSpan(0, Math.Min(minimal.Length, 2_000)));
        Console.WriteLine($"""
            {target.Name} failed: {failure.GetType().Name}: {failure.Message}
            {failure.StackTrace}
            seed {seed}, input {number}; made smaller from {input.Length} to {minimal.Length} bytes, in {path}:
            {shown}
            again: dotnet run --project tests/Fuzzing -- --target {target.Name} --replay {path}
            """);
    }

    /// <summary>Removes pieces of the input, large ones first, as long as the rest still fails.</summary>
    private static byte[] Minimize(ITarget target, byte[] input)
    {
        long started = Stopwatch.GetTimestamp();
        for (int piece = Math.Max(1, input.Length / 2); piece > 0; piece /= 2)
        {
            for (int at = 0; at < input.Length && Stopwatch.GetElapsedTime(started) < MinimizeFor;)
            {
                byte[] without = [.. input.AsSpan(0, at), .. input.AsSpan(Math.Min(at + piece, input.Length))];
                if (Failure(target, without) is null)
                {
                    at += piece;
                }
                else
                {
                    input = without;
                }
            }
        }

        return input;
    }
}
