using System.Text;

namespace CloudTrailAggregation.SampleData;

/// <summary>Writes planned lines. Not thread-safe.</summary>
internal sealed class LineWriter(EventWriter events)
{
    private readonly LineBuffer _line = new();

    /// <summary>The line without its line feed; valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(in PlannedLine planned)
    {
        _line.Clear();
        events.Write(planned.Number, planned.Position, _line);
        if (planned.Kind == SampleLineKind.BadLine)
        {
            Spoil(planned.Number);
        }

        return _line.Written;
    }

    /// <summary>
    /// Turns a good line into a bad one that still has its eventID, so that no two bad lines are equal.
    /// </summary>
    private void Spoil(long number)
    {
        int idEnd = EndOf("\"eventID\":"u8) + "\"00000000-0000-0000-0000-000000000000\"".Length + 1;
        switch (number % 3)
        {
            case 0:
                _line.Truncate(idEnd + (int)(number % (_line.Written.Length - idEnd)));
                break;
            case 1:
                // A letter in Latin-1 is invalid UTF-8.
                _line.Written[EndOf("\"awsRegion\":"u8) + 3] = 0xE9;
                break;
            default:
                string id = Encoding.ASCII.GetString(_line.Written[(idEnd - 37)..(idEnd - 1)]);
                _line.Clear();
                _line.Write(
                    Encoding.ASCII.GetBytes(number % 2 == 0 ? $"\"{id}\"" : $"Internal error {id}: try again later"));
                break;
        }
    }

    private int EndOf(ReadOnlySpan<byte> name) => _line.Written.IndexOf(name) + name.Length;
}
