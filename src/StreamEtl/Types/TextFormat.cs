namespace StreamEtl.Types;

/// <summary>How numbers and dates are written in one input.</summary>
/// <param name="DecimalSeparator"><c>.</c> or <c>,</c>.</param>
/// <param name="DateFormat">The user's <c>--date-format</c> (<c>dd/MM/yyyy</c>, <c>dd/MM/yyyy HH:mm:ss</c>, …), or null.</param>
public sealed record TextFormat(char DecimalSeparator = '.', string? DateFormat = null);
