using System.Text;
using StreamEtl.Errors;

namespace StreamEtl.Tables;

/// <summary>
/// Names of managed tables: lower case, accents removed, every run of characters other than <c>a</c> to <c>z</c> and digits one <c>_</c>, none at the ends. What comes
/// out is one segment of an object key that leads nowhere but into the table's own folder.
/// </summary>
public static class TableName
{
    /// <summary>Characters of a normalised name at most: the names of files add theirs to it.</summary>
    public const int MaxLength = 128;

    private const char CombiningMark = '\u0300';

    /// <summary>U+00C0 to U+017F without their accents; <c>?</c> where that leaves no letter.</summary>
    private const string Latin =
        "aaaaaaaceeeeiiiidnooooo?ouuuuy?saaaaaaaceeeeiiiidnooooo?ouuuuy?yaaaaaaccccccccddddeeeeeeeeeegggg"
        + "gggghhhhiiiiiiiiii??jjkk?llllll??llnnnnnn???oooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

    /// <summary>U+1E00 to U+1EFF likewise.</summary>
    private const string LatinAdditional =
        "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrr"
        + "ssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwy?s????aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
        + "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy??????";

    /// <summary>The name under which a table is kept.</summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.Usage"/>: nothing is left of the name, or too much.</exception>
    public static string Normalize(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var normal = new StringBuilder(name.Length);
        bool gap = false;
        foreach (char c in name)
        {
            char plain = WithoutAccent(c);
            if (plain == CombiningMark)
            {
                continue;
            }
            if (!char.IsAsciiLetterOrDigit(plain))
            {
                gap = true;
                continue;
            }
            if (gap && normal.Length > 0)
            {
                normal.Append('_');
            }
            gap = false;
            normal.Append(char.ToLowerInvariant(plain));
        }
        return normal.Length switch
        {
            0 => throw new StreamEtlException(
                ErrorKind.Usage,
                $"'{name}' cannot name a table: no letter from a to z and no digit is in it",
                hint: "choose a name such as orders_2024"
            ),
            > MaxLength => throw new StreamEtlException(
                ErrorKind.Usage,
                $"the name of the table has {normal.Length} characters where at most {MaxLength} are allowed",
                hint: "choose a shorter name"
            ),
            _ => normal.ToString(),
        };
    }

    /// <summary>The letter under an accent; other characters as they are. The runtime's own decomposition is not there without globalization data.</summary>
    private static char WithoutAccent(char c) =>
        c switch
        {
            >= '\u00C0' and < '\u0180' => Latin[c - 0xC0],
            >= '\u1E00' and < '\u1F00' => LatinAdditional[c - 0x1E00],
            >= '\u0300' and < '\u0370' => CombiningMark,
            '\u00AA' => 'a',
            '\u00BA' => 'o',
            _ => c,
        };
}
