using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>
/// What a pass reads that writes rows and keeps typed ones of them too: the columns of the output and, where those carry values as they were written, the same columns once more under
/// their types.
/// </summary>
/// <param name="Read">All of it; the output's columns come first.</param>
/// <param name="Indices">Where in <paramref name="Read"/> the typed columns are.</param>
/// <param name="Fields">Their names and types.</param>
internal sealed record SampleColumns(JobColumns Read, int[] Indices, IReadOnlyList<Field> Fields)
{
    /// <summary>The typed ones of the columns <paramref name="written"/>, beside those of an output.</summary>
    public static SampleColumns Of(JobColumns output, JobColumns typed, int[] written)
    {
        int[] differing = [.. written.Where(c => output.Columns[c].Type != typed.Columns[c].Type)];
        JobColumns read = differing.Length == 0 ? output : output.And(typed, differing);
        int[] indices = [.. written.Select(c => Array.IndexOf(differing, c) is var at and >= 0 ? output.Columns.Count + at : c)];
        IReadOnlyList<Field> all = typed.Fields();
        return new SampleColumns(read, indices, [.. written.Select(c => all[c])]);
    }
}
