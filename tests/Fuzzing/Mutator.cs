using System.Globalization;
using System.Text;

namespace CloudTrailAggregation.Fuzzing;

/// <summary>Changes bytes the way damage, odd writers and attackers would.</summary>
internal static class Mutator
{
    /// <summary>The maximum length of an input after mutations.</summary>
    private const int MaxBytes = 1 << 18;

    private static readonly byte[][] Tokens =
    [
        .. ((string[])[
            "\"", "\\", "{", "}", "[", "]", ":", ",", "{}", "[]", "\"\"", "null", "true", "false",
            "-", "0", "1e", ".", "1E+5", "-0.0", "\\u", "\\u0000", "\\ud800", "\\uDFFF",
            "\\uD83D\\uDE00", "\\\"", "\\\\", "\n", "\r", "\r\n", "\t", " ", "\0", "\u001f", "\u007f",
            "\u0085", "\u2028", "\uFEFF", "é", "😀", "//", "\"eventID\":", "\"eventId\":\"x\",",
            "\"eventTime\":", "\"2024-02-29T23:59:59Z\"", "\"readOnly\":\"TRUE\",", "\"event\\u0049D\":1,",
            "{\"Records\":[", "]}", ",\"a\":1", "99999999999999999999",
        ]).Select(Encoding.UTF8.GetBytes),
        [0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0xE2, 0x82], [0xF0, 0x9F],
        [0x1F, 0x8B], [0x1F, 0x8B, 8, 0], [3, 0], [0, 0, 0xFF, 0xFF],
    ];

    /// <summary>Applies up to eight mutations.</summary>
    public static byte[] Mutate(byte[] input, Random dice, Corpus corpus)
    {
        for (int mutations = dice.Next(6) == 0 ? dice.Next(9) : dice.Next(3); mutations > 0; mutations--)
        {
            byte[] mutated = MutateOnce(input, dice, corpus);
            input = mutated.Length <= MaxBytes ? mutated : input;
        }

        return input;
    }

    /// <summary>Repeats a byte of the input until it has this length.</summary>
    public static byte[] Stretch(byte[] input, Random dice, int length)
    {
        int at = dice.Next(input.Length + 1);
        byte filler = dice.Next(3) == 0 && at < input.Length ? input[at] : (byte)'x';
        byte[] stretched = new byte[Math.Max(length, input.Length)];
        input.AsSpan(0, at).CopyTo(stretched);
        stretched.AsSpan(at, stretched.Length - input.Length).Fill(filler);
        input.AsSpan(at).CopyTo(stretched.AsSpan(at + stretched.Length - input.Length));
        return stretched;
    }

    private static byte[] MutateOnce(byte[] input, Random dice, Corpus corpus)
    {
        int at = dice.Next(input.Length + 1);
        int length = dice.Next(Math.Min(input.Length - at, dice.Next(8) == 0 ? int.MaxValue : 24) + 1);
        byte[] token = Tokens[dice.Next(Tokens.Length)];
        return dice.Next(12) switch
        {
            0 => Replace(input, at, length, []),
            1 or 2 => Replace(input, at, 0, token),
            3 => Replace(input, at, Math.Min(token.Length, input.Length - at), token),
            4 => at == input.Length ? input : Replace(input, at, 1, [(byte)(input[at] ^ (1 << dice.Next(8)))]),
            5 => at == input.Length ? input : Replace(input, at, 1, [(byte)dice.Next(256)]),
            6 => Replace(input, at, 0, input.AsSpan(at, length)),
            7 => Splice(input, at, dice, corpus),
            8 => at == input.Length ? input : Replace(input, at, 1, Escape(input[at])),
            9 => Nest(input, at, length, dice),
            10 => Repeat(input, at, Math.Max(length, Math.Min(1, input.Length - at)), dice),
            _ => Swap(input, at, dice),
        };
    }

    private static byte[] Replace(byte[] input, int at, int length, ReadOnlySpan<byte> by) =>
        [.. input.AsSpan(0, at), .. by, .. input.AsSpan(at + length)];

    private static byte[] Escape(byte letter) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"));

    /// <summary>Replaces the rest of the input by the end of another line.</summary>
    private static byte[] Splice(byte[] input, int at, Random dice, Corpus corpus)
    {
        byte[] line = corpus.Line(dice);
        return [.. input.AsSpan(0, at), .. line.AsSpan(dice.Next(line.Length))];
    }

    /// <summary>Puts a piece into brackets: a few levels, or about as many as the maximum of 256.</summary>
    private static byte[] Nest(byte[] input, int at, int length, Random dice)
    {
        int levels = dice.Next(3) == 0 ? dice.Next(250, 262) : dice.Next(1, 20);
        string open = dice.Next(2) == 0 ? "[" : "{\"a\":", close = open == "[" ? "]" : "}";
        byte[] opening = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(open, levels)));
        int closingLevels = levels + (dice.Next(8) == 0 ? 1 : 0);
        byte[] closing = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(close, closingLevels)));
        return Replace(input, at, length, [.. opening, .. input.AsSpan(at, length), .. closing]);
    }

    private static byte[] Repeat(byte[] input, int at, int length, Random dice)
    {
        int times = Math.Min(dice.Next(4) == 0 ? dice.Next(5_000) : dice.Next(8), MaxBytes / (length + 1));
        byte[] piece = input.AsSpan(at, length).ToArray();
        return Replace(input, at, 0, [.. Enumerable.Repeat(piece, times).SelectMany(bytes => bytes)]);
    }

    /// <summary>Exchanges the bytes before a position with those after it.</summary>
    private static byte[] Swap(byte[] input, int at, Random dice)
    {
        int length = Math.Min(Math.Min(at, input.Length - at), dice.Next(1, 40));
        return
        [
            .. input.AsSpan(0, at - length), .. input.AsSpan(at, length),
            .. input.AsSpan(at - length, length), .. input.AsSpan(at + length),
        ];
    }
}
