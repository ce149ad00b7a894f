using System.Globalization;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Parquet.Reading;

/// <summary>Names columns as the schema does, made unique as those of CSV headers are.</summary>
internal static class ColumnNames
{
    /// <summary>The columns and what the user should know of them.</summary>
    public static (IReadOnlyList<SourceColumn> Columns, IReadOnlyList<string> Warnings) Read(IReadOnlyList<SchemaNode> fields)
    {
        var taken = new HashSet<string>(fields.Select(f => f.Name));
        var seen = new HashSet<string>();
        var columns = new List<SourceColumn>(fields.Count);
        var warnings = new List<string>();
        foreach (SchemaNode field in fields)
        {
            string name = field.Name;
            if (!seen.Add(name))
            {
                for (int n = 1; !taken.Add(name); n++)
                {
                    name = $"{field.Name}_{n.ToString(CultureInfo.InvariantCulture)}";
                }
                warnings.Add($"the file has more than one column '{field.Name}': column {columns.Count + 1} is called '{name}'");
            }
            columns.Add(new SourceColumn(name, IsFlat(field) ? field.Leaf!.Type : ColumnType.Text));
        }
        return (columns, warnings);
    }

    /// <summary>True for a field that has one value, or NULL, in each row.</summary>
    public static bool IsFlat(SchemaNode field) => field.Leaf is not null && !field.IsRepeated;
}
