using System.Text;
using System.Text.Json;
using CloudTrailAggregation.Events;

namespace CloudTrailAggregation.Local;

/// <summary>
/// What the derived columns should hold of a user_identity: <c>check</c> compares the file's cells with it, and
/// <c>show</c> names the callers of files without these columns by it. It shares no code with the reader that wrote the
/// file: System.Text.Json finds the members.
/// </summary>
internal sealed class DerivedValues
{
    private static readonly Level Identity = Level.Of(
        "userIdentity.", EventSchema.Columns.Index().Where(column => column.Item.IsDerived).ToList());

    private readonly Range?[] _values = new Range?[EventSchema.Columns.Length];

    /// <summary>Reads a user_identity. Text that is not a JSON object has no values.</summary>
    public void Read(ReadOnlySpan<byte> userIdentity)
    {
        Array.Clear(_values);
        var json = new Utf8JsonReader(userIdentity, new JsonReaderOptions { MaxDepth = 256 });
        try
        {
            if (json.Read() && json.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref json, Identity);
            }
        }
        catch (JsonException)
        {
            // Text that another tool wrote.
            Array.Clear(_values);
        }

        int caller = Array.FindIndex(
            EventSchema.CallerSources, column => _values[column] is { } text && text.End.Value - text.Start.Value > 2);
        _values[EventSchema.Caller] = caller < 0 ? null : _values[EventSchema.CallerSources[caller]];
    }

    /// <summary>
    /// The range of the JSON value that a derived column holds, in the text that was read; null where the column is
    /// NULL. A string has its quotes.
    /// </summary>
    public Range? In(int column) => _values[column];

    private void ReadObject(ref Utf8JsonReader json, Level level)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var member = level.Find(json.ValueSpan, json.ValueIsEscaped);
            json.Read();
            member?.Clear(_values);
            if (json.TokenType == JsonTokenType.StartObject && member?.Below is { } below)
            {
                ReadObject(ref json, below);
                continue;
            }

            int start = (int)json.TokenStartIndex;
            bool isString = json.TokenType == JsonTokenType.String;
            json.Skip();
            if (member is { Column: >= 0 } && (isString || member.IsBoolean))
            {
                _values[member.Column] = start..(int)json.BytesConsumed;
            }
        }
    }

    /// <summary>The members of an object that have a derived column or contain one.</summary>
    private sealed class Level(IReadOnlyList<Member> members)
    {
        /// <param name="path">The path of the object, with a dot at its end.</param>
        /// <param name="columns">The columns to look for.</param>
        public static Level Of(string path, IReadOnlyList<(int Column, EventColumn Item)> columns) => new(
        [
            .. columns.Where(column => column.Item.Member.StartsWith(path, StringComparison.Ordinal))
                .GroupBy(column => column.Item.Member[path.Length..].Split('.')[0], StringComparer.Ordinal)
                .Select(group => MemberOf(path, group.Key, [.. group])),
        ]);

        public Member? Find(ReadOnlySpan<byte> name, bool isEscaped)
        {
            string? unescaped = isEscaped ? JsonString.Unescape(name, out _) : null;
            foreach (var member in members)
            {
                if (unescaped is null ? name.SequenceEqual(member.Utf8Name) : unescaped == member.Name)
                {
                    return member;
                }
            }

            return null;
        }

        private static Member MemberOf(string path, string name, List<(int Column, EventColumn Item)> columns)
        {
            int own = columns.FindIndex(column => column.Item.Member == path + name);
            return new Member(
                name,
                own < 0 ? -1 : columns[own].Column,
                own >= 0 && columns[own].Item.Kind == ColumnKind.Boolean,
                own < 0 ? Of($"{path}{name}.", columns) : null,
                [.. columns.Select(column => column.Column)]);
        }
    }

    /// <param name="Name">The member's name.</param>
    /// <param name="Column">Its column; -1 if it has none.</param>
    /// <param name="IsBoolean">Whether its column holds booleans.</param>
    /// <param name="Below">Its own members; null if it has a column.</param>
    /// <param name="Columns">Its column, or those of all members below it.</param>
    private sealed record Member(string Name, int Column, bool IsBoolean, Level? Below, int[] Columns)
    {
        private readonly byte[] _utf8Name = Encoding.UTF8.GetBytes(Name);

        public ReadOnlySpan<byte> Utf8Name => _utf8Name;

        /// <summary>Forgets the values of an earlier member with the name: the last one counts.</summary>
        public void Clear(Range?[] values) => Array.ForEach(Columns, column => values[column] = null);
    }
}
