using System.Buffers.Text;
using System.Globalization;
using CloudTrailAggregation.SampleData.Trail;

namespace CloudTrailAggregation.SampleData;

/// <summary>
/// A slot in a template. <c>@{hex:17}</c> has a new value at each use; <c>@{hex:17#1}</c> has the same value at each
/// use within one event, and so has a pick from a pool (<c>@{bucket}</c>; <c>@{bucket#2}</c> is a second pick).
/// </summary>
internal abstract class Slot
{
    public abstract void Write(LineBuffer line, EventContext context);

    /// <summary>Parses the text between <c>@{</c> and <c>}</c>.</summary>
    /// <exception cref="FormatException">No slot and no pool has that name.</exception>
    public static Slot Parse(string text, Organization organization)
    {
        var (spec, salt) = text.Split('#') is [var left, var right]
            ? (left, ulong.Parse(right, CultureInfo.InvariantCulture))
            : (text, 0);
        string[] words = spec.Split(':');
        int Number(int index) => int.Parse(words[index], CultureInfo.InvariantCulture);
        return words[0] switch
        {
            "hex" => new RandomText("0123456789abcdef"u8, Number(1), salt),
            "upper" => new RandomText("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"u8, Number(1), salt),
            "key" => new RandomText("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"u8, Number(1), salt),
            "base64" => new RandomText(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8, Number(1), salt),
            "int" => new RandomNumber(Number(1), Number(2), salt),
            "uuid" => new Uuid(salt),
            "time" => new EventTime(words.Length > 1 ? spec["time:".Length..] : "yyyy-MM-ddTHH:mm:ssZ"),
            _ when Value.Named(words[0]) is { } value => value,
            _ => new PoolPick(organization.Pool(words[0]), words[0].Aggregate(salt, (hash, c) => Dice.Hash(hash, c))),
        };
    }

    private sealed class RandomText : Slot
    {
        // 256 entries, so that a random byte is an index.
        private readonly byte[] _alphabet = new byte[256];
        private readonly int _length;
        private readonly ulong _salt;

        public RandomText(ReadOnlySpan<byte> alphabet, int length, ulong salt)
        {
            (_length, _salt) = (length, salt);
            for (int i = 0; i < _alphabet.Length; i++)
            {
                _alphabet[i] = alphabet[i % alphabet.Length];
            }
        }

        public override void Write(LineBuffer line, EventContext context)
        {
            var stable = new Dice(Dice.Hash(context.Hash, _salt));
            ref var dice = ref _salt == 0 ? ref context.Dice : ref stable;
            ulong random = 0UL;
            var text = line.Take(_length);
            for (int i = 0; i < text.Length; i++)
            {
                random = (i & 7) == 0 ? dice.Next() : random >> 8;
                text[i] = _alphabet[(byte)random];
            }
        }
    }

    private sealed class Uuid(ulong salt) : Slot
    {
        public override void Write(LineBuffer line, EventContext context)
        {
            var stable = new Dice(Dice.Hash(context.Hash, salt));
            ref var dice = ref salt == 0 ? ref context.Dice : ref stable;
            var text = line.Take(36);
            ulong random = 0UL;
            for (var (i, digits) = (0, 0); i < text.Length; i++)
            {
                if (i is 8 or 13 or 18 or 23)
                {
                    text[i] = (byte)'-';
                    continue;
                }

                random = (digits++ & 15) == 0 ? dice.Next() : random >> 4;
                text[i] = "0123456789abcdef"u8[(int)(random & 15)];
            }

            // Version 4, variant 1 (RFC 9562).
            text[14] = (byte)'4';
            text[19] = "89ab"u8[(int)(random & 3)];
        }
    }

    private sealed class RandomNumber(int lowest, int highest, ulong salt) : Slot
    {
        public override void Write(LineBuffer line, EventContext context)
        {
            var stable = new Dice(Dice.Hash(context.Hash, salt));
            ref var dice = ref salt == 0 ? ref context.Dice : ref stable;
            Span<byte> digits = stackalloc byte[11];
            Utf8Formatter.TryFormat(lowest + dice.Below(highest - lowest + 1), digits, out int length);
            line.Write(digits[..length]);
        }
    }

    private sealed class EventTime(string format) : Slot
    {
        public override void Write(LineBuffer line, EventContext context)
        {
            Span<byte> text = stackalloc byte[40];
            context.Time.TryFormat(text, out int length, format, CultureInfo.InvariantCulture);
            line.Write(text[..length]);
        }
    }

    private sealed class PoolPick(byte[][] pool, ulong salt) : Slot
    {
        public override void Write(LineBuffer line, EventContext context) =>
            line.Write(pool[new Dice(Dice.Hash(context.PoolHash, salt)).Skewed(pool.Length)]);
    }

    private sealed class Value(Action<LineBuffer, EventContext> write) : Slot
    {
        public override void Write(LineBuffer line, EventContext context) => write(line, context);

        public static Value? Named(string name) => name switch
        {
            "account" => new((line, context) => line.Write(context.Actor.Account)),
            "region" => new((line, context) => line.Write(context.Region)),
            "identity" => new((line, context) => context.Actor.Identity.Write(line, context)),
            "caller" => new((line, context) => line.Write(context.Actor.Arn)),
            "address" => new((line, context) => line.Write(context.Actor.Address(context))),
            "agent" => new((line, context) => line.Write(context.Actor.Agent(context))),
            "sessionKey" => new((line, context) => context.Actor.WriteSessionKey(line, context)),
            "sessionStart" => new((line, context) => context.Actor.WriteSessionStart(line, context)),
            "windowStart" => new((line, context) => WriteTime(line, context.WindowStart)),
            "windowEnd" => new((line, context) => WriteTime(line, context.WindowStart + Delivery.Interval)),
            "via" => new((line, context) => context.Kind.ViaMember?.Write(line, context)),
            "viaName" => new((line, context) => line.Write(context.Kind.ViaName)),
            "shared" => new((line, context) => context.Actor.Shared?.Write(line, context)),
            "endpoint" => new((line, context) => context.Actor.Endpoint?.Write(line, context)),
            "tls" => new((line, context) => context.Actor.Tls?.Write(line, context)),
            "console" => new((line, context) => context.Actor.Console?.Write(line, context)),
            "host" => new((line, context) => context.Kind.Host.Write(line, context)),
            "odd" => new((line, context) => context.Odd?.Write(line, context)),
            _ => null,
        };

        private static void WriteTime(LineBuffer line, DateTime time)
        {
            Span<byte> text = stackalloc byte[20];
            time.TryFormat(text, out _, "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            line.Write(text);
        }
    }
}
