using System.Text;

namespace CloudTrailAggregation.SampleData;

/// <summary>
/// JSON text with slots, such as <c>{"bucketName": "@{bucket}"}</c>, as literal bytes and slots in turn. White space
/// outside strings is not written: the style decides the white space after commas and colons.
/// </summary>
internal sealed class Template
{
    private readonly Part[] _parts;

    public Template(string text, Organization organization)
    {
        var parts = new List<Part>();
        var literal = new StringBuilder();
        bool insideString = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '@' && i + 1 < text.Length && text[i + 1] == '{')
            {
                int end = text.IndexOf('}', i);
                parts.Add(
                    new Part(organization.Encode(literal.ToString()), Slot.Parse(text[(i + 2)..end], organization)));
                literal.Clear();
                i = end;
            }
            else if (insideString && c == '\\')
            {
                literal.Append(c).Append(text[++i]);
            }
            else if (insideString || !char.IsWhiteSpace(c))
            {
                insideString ^= c == '"';
                literal.Append(c);
                if (!insideString && c is ',' or ':' && organization.Style == JsonStyle.Stage1)
                {
                    literal.Append(' ');
                }
            }
        }

        parts.Add(new Part(organization.Encode(literal.ToString()), Slot: null));
        _parts = [.. parts];
    }

    public void Write(LineBuffer line, EventContext context)
    {
        foreach (var (literal, slot) in _parts)
        {
            line.Write(literal);
            slot?.Write(line, context);
        }
    }

    private readonly record struct Part(byte[] Literal, Slot? Slot);
}
