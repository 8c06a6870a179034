using System.Globalization;

namespace CloudTrailAggregation.Plan;

/// <summary>A calendar month (UTC).</summary>
/// <param name="Year">2013 (the year CloudTrail began) to 9999.</param>
/// <param name="Number">1 to 12.</param>
public readonly record struct Month(int Year, int Number) : IComparable<Month>
{
    /// <summary>The first month that is accepted: the first of the year in which CloudTrail was announced.</summary>
    public static readonly Month First = new(2013, 1);

    /// <summary>The month's folder: <c>YYYY/MM/</c>.</summary>
    public string Prefix => string.Create(CultureInfo.InvariantCulture, $"{Year:D4}/{Number:D2}/");

    /// <summary>The first instant of the month (UTC).</summary>
    public DateTimeOffset Start => new(Year, Number, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The number of its days, 28 to 31.</summary>
    public int Days => DateTime.DaysInMonth(Year, Number);

    /// <summary>One of its days.</summary>
    /// <param name="day">The day, 1 to <see cref="Days"/>.</param>
    public DateOnly Date(int day) => new(Year, Number, day);

    /// <summary>The month after this one.</summary>
    public Month Next => Number == 12 ? new(Year + 1, 1) : new(Year, Number + 1);

    /// <summary>The month (UTC) that contains an instant.</summary>
    public static Month Of(DateTimeOffset instant) => new(instant.UtcDateTime.Year, instant.UtcDateTime.Month);

    /// <summary>Reads <c>YYYY-MM</c>, years 0001 to 9999.</summary>
    /// <returns>False if the text is not a month.</returns>
    public static bool TryParse(string? text, out Month month)
    {
        month = default;
        if (!DateTime.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return false;
        }

        month = new Month(date.Year, date.Month);
        return true;
    }

    /// <summary>Compares by time.</summary>
    public int CompareTo(Month other) => (Year, Number).CompareTo((other.Year, other.Number));

    /// <summary>Whether the left month is earlier.</summary>
    public static bool operator <(Month left, Month right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left month is later.</summary>
    public static bool operator >(Month left, Month right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left month is earlier or the same.</summary>
    public static bool operator <=(Month left, Month right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left month is later or the same.</summary>
    public static bool operator >=(Month left, Month right) => left.CompareTo(right) >= 0;

    /// <summary>The month as reports and messages name it: <c>YYYY-MM</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Year:D4}-{Number:D2}");
}
