using System.Globalization;

namespace StreamEtl.Connectors.Dynamo;

/// <summary>Which numbers DynamoDB holds: 38 significant digits, and magnitudes from 1E-130 to 9.99…E+125 (Developer Guide, "Data types": Number).</summary>
internal static class DynamoNumber
{
    private const int MostDigits = 38;
    private const int LeastExponent = -130;
    private const int MostExponent = 125;

    /// <summary>Whether a number, as JSON writes it, keeps its value there.</summary>
    public static bool Fits(string number)
    {
        int mark = number.AsSpan().IndexOfAny('e', 'E');
        ReadOnlySpan<char> mantissa = mark < 0 ? number : number.AsSpan(0, mark);
        int exponent = 0;
        if (mark >= 0 && !int.TryParse(number.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
        {
            return false;
        }
        int whole = 0;
        int digits = 0;
        int zeros = 0;
        bool point = false;
        int first = 0;
        foreach (char c in mantissa)
        {
            if (c == '.')
            {
                point = true;
                continue;
            }
            if (c == '-')
            {
                continue;
            }
            whole += point ? 0 : 1;
            zeros += digits == 0 && c == '0' ? 1 : 0;
            digits += digits > 0 || c != '0' ? 1 : 0;
            first = zeros;
        }
        // The power of ten of the first digit that is not zero.
        int power = whole - 1 - first + exponent;
        return digits == 0 || (digits <= MostDigits && power is >= LeastExponent and <= MostExponent);
    }
}
