using StreamEtl.Batches;

namespace StreamEtl.Types;

/// <summary>
/// The texts of one column, looked for when they are converted, a few rows at a time: where a text begins and ends is then still in the nearest cache, and what most values need nothing of,
/// like quotes to be undone, is only done for those that no quick reader takes.
/// </summary>
internal interface ITexts
{
    /// <summary>What the texts lie in, with <see cref="FastText.Reach"/> bytes readable behind all but the last ones.</summary>
    byte[] Bytes { get; }

    /// <summary>Finds the texts of rows <paramref name="first"/> up to <paramref name="last"/>, 64 at most; returns the bits of those that are known to be NULL.</summary>
    ulong Find(int first, int last, Span<TextView> texts);

    /// <summary>The value's own text, where what was found may stand in quotes or for NULL. Asked at most once for a row.</summary>
    TextView Resolve(int row, TextView found, out bool isNull);
}
