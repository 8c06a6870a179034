using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CloudTrailAggregation.Events;

/// <summary>Where a derived column's text is in its userIdentity, or the column's boolean.</summary>
/// <param name="Start">The text's start, in bytes from the start of userIdentity; 0 for a boolean.</param>
/// <param name="Length">The text's length in bytes; 0 or 1 for a boolean.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct IdentityValue(int Start, int Length);

/// <summary>
/// What the derived columns hold of one userIdentity. The places are relative to its start, so they hold for every
/// copy of its text.
/// </summary>
internal struct IdentityValues
{
    /// <summary>The number of columns from user_identity_type up to caller, which is one of the others.</summary>
    private const int Columns = 12;

    private Places _places;

    /// <summary>One bit for each derived column that is not NULL, except caller.</summary>
    public ulong Present { get; private set; }

    /// <summary>One bit for each of these columns whose text has an escape.</summary>
    public ulong Escaped { get; private set; }

    /// <summary>The column that names the caller, one of <see cref="EventSchema.CallerSources"/>; -1: none.</summary>
    public int CallerSource { get; private set; }

    /// <summary>The value of a column in <see cref="Present"/>.</summary>
    public readonly IdentityValue this[int column] => _places[column - EventSchema.FirstDerived];

    /// <summary>Makes columns NULL.</summary>
    /// <param name="columns">One bit for each.</param>
    public void Remove(ulong columns)
    {
        Present &= ~columns;
        Escaped &= ~columns;
    }

    /// <summary>Gives a column its value.</summary>
    public void Set(int column, IdentityValue value, bool isEscaped)
    {
        _places[column - EventSchema.FirstDerived] = value;
        Present |= 1UL << column;
        Escaped |= isEscaped ? 1UL << column : 0;
    }

    /// <summary>Finds the caller among the columns that are set.</summary>
    public void FindCaller()
    {
        CallerSource = -1;
        foreach (int column in EventSchema.CallerSources)
        {
            if ((Present >> column & 1) != 0 && this[column].Length > 0)
            {
                CallerSource = column;
                return;
            }
        }
    }

    [InlineArray(Columns)]
    private struct Places
    {
        private IdentityValue _first;
    }
}
