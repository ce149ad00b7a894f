using System.Globalization;
using System.Text;
using StreamEtl.Diagnostics;
using StreamEtl.Hashing;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>
/// Where a Parquet file comes from, for its footer's key-value metadata, under names that begin with <c>streametl.</c>. Of two runs over the same inputs only
/// <c>run_id</c> and <c>created_at</c> differ: machine, user, threads and memory leave no trace.
/// </summary>
internal static class Provenance
{
    /// <summary>A footer must not grow with the number of inputs; <c>streametl.input_count</c> says how many there were.</summary>
    private const int MostInputs = 100;

    /// <summary>Adds the entries, once the report knows the inputs.</summary>
    public static void Fill(IDictionary<string, string> entries, RunReport report, IReadOnlyList<Field> fields, long rows)
    {
        entries["streametl.version"] = EngineVersion.Full;
        entries["streametl.verb"] = report.Verb;
        entries["streametl.run_id"] = report.RunId;
        // Microseconds: the round-trip form without its seventh digit. A pattern of its own would have a dozen methods compiled for it at every start.
        entries["streametl.created_at"] = report.StartedAt.UtcDateTime.ToString("O")[..^2] + "Z";
        entries["streametl.rows"] = rows.ToString(CultureInfo.InvariantCulture);
        entries["streametl.schema_hash"] = SchemaHash(fields);
        entries["streametl.input_count"] = report.Inputs.Count.ToString(CultureInfo.InvariantCulture);
        entries["streametl.inputs"] = Inputs(report.Inputs);
        if (report.Inputs is [var only])
        {
            entries["streametl.source_uri"] = only.Path;
        }
    }

    /// <summary>SHA-256 of the schema as <c>schema infer</c> would write it.</summary>
    private static string SchemaHash(IReadOnlyList<Field> fields) =>
        ShortSha256.Hex(System.Text.Encoding.UTF8.GetBytes(SchemaJson.ToText(fields)));

    /// <summary>The same objects as in the report.</summary>
    private static string Inputs(List<FileReport> inputs)
    {
        var json = new StringBuilder("[");
        for (int i = 0; i < Math.Min(inputs.Count, MostInputs); i++)
        {
            json.Append(i == 0 ? "{\"path\":" : ",{\"path\":");
            JsonLiteral.Append(json, inputs[i].Path, relaxed: true);
            json.Append(CultureInfo.InvariantCulture, $",\"rows\":{inputs[i].Rows},\"bytes\":{inputs[i].Bytes}}}");
        }
        return json.Append(']').ToString();
    }
}
