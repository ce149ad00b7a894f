using System.Text.Json;
using StreamEtl.Errors;
using StreamEtl.Types;

namespace StreamEtl.Connectors.Glue;

/// <summary>The AWS Glue Data Catalog, as far as consolidation needs it. Every call may be made again: it says what is to be, and finds what is already.</summary>
public sealed class GlueCatalog(Func<string, string?> variable) : IDisposable
{
    /// <summary>Partitions in one request at most.</summary>
    private const int MostPartitions = 100;

    private readonly GlueHttp _http = new(variable);

    /// <summary>A table.</summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.InputNotFound"/>: there is none.</exception>
    public async Task<GlueTable> GetTableAsync(string database, string table, CancellationToken cancellationToken)
    {
        byte[] request = GlueJson.Object(w =>
        {
            w.WriteString("DatabaseName", database);
            w.WriteString("Name", table);
        });
        try
        {
            JsonElement answer = await _http.CallAsync("GetTable", request, cancellationToken).ConfigureAwait(false);
            return GlueTable.Read(database, answer.GetProperty("Table"));
        }
        catch (GlueFault e)
        {
            throw Translated(
                e,
                database,
                table,
                e.Code == GlueFault.NotFound ? "make the table in the catalog first, or check --database, --table and the region" : null
            );
        }
    }

    /// <summary>Makes a table.</summary>
    public async Task CreateTableAsync(GlueTable table, IReadOnlyList<Field> columns, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(table);
        byte[] request = GlueJson.Object(w =>
        {
            w.WriteString("DatabaseName", table.Database);
            GlueJson.TableInput(w, table, columns);
        });
        try
        {
            await _http.CallAsync("CreateTable", request, cancellationToken).ConfigureAwait(false);
        }
        catch (GlueFault e) when (e.Code != GlueFault.Exists)
        {
            throw Translated(e, table.Database, table.Name, null);
        }
        catch (GlueFault)
        {
            // It is there: made by somebody else, or by an attempt whose answer was lost.
        }
    }

    /// <summary>The location of a partition; null when there is none.</summary>
    public async Task<string?> FindPartitionAsync(GlueTable table, IReadOnlyList<string> values, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(table);
        byte[] request = GlueJson.Object(w =>
        {
            w.WriteString("DatabaseName", table.Database);
            w.WriteString("TableName", table.Name);
            WriteValues(w, "PartitionValues", values);
        });
        try
        {
            JsonElement answer = await _http.CallAsync("GetPartition", request, cancellationToken).ConfigureAwait(false);
            return answer.GetProperty("Partition").GetProperty("StorageDescriptor").GetProperty("Location").GetString();
        }
        catch (GlueFault e) when (e.Code == GlueFault.NotFound)
        {
            return null;
        }
        catch (GlueFault e)
        {
            throw Translated(e, table.Database, table.Name, null);
        }
    }

    /// <summary>Registers partitions; those that there are already, at another place, are updated.</summary>
    /// <returns>How many were new, and how many were updated.</returns>
    public async Task<(int Created, int Updated)> RegisterAsync(
        GlueTable table,
        IReadOnlyList<GluePartition> partitions,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(partitions);
        int created = 0;
        int updated = 0;
        foreach (GluePartition[] some in partitions.Chunk(MostPartitions))
        {
            IReadOnlyList<GluePartition> existing = await CreateAsync(table, some, cancellationToken).ConfigureAwait(false);
            created += some.Length - existing.Count;
            foreach (GluePartition partition in existing)
            {
                string? location = await FindPartitionAsync(table, partition.Values, cancellationToken).ConfigureAwait(false);
                if (location?.TrimEnd('/') != partition.Location.TrimEnd('/'))
                {
                    await UpdateAsync(table, partition, cancellationToken).ConfigureAwait(false);
                    updated++;
                }
            }
        }
        return (created, updated);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Creates partitions; the result is those that there were already.</summary>
    private async Task<IReadOnlyList<GluePartition>> CreateAsync(
        GlueTable table,
        GluePartition[] partitions,
        CancellationToken cancellationToken
    )
    {
        byte[] request = GlueJson.Object(w =>
        {
            w.WriteString("DatabaseName", table.Database);
            w.WriteString("TableName", table.Name);
            w.WriteStartArray("PartitionInputList");
            foreach (GluePartition partition in partitions)
            {
                GlueJson.PartitionInput(w, partition);
            }
            w.WriteEndArray();
        });
        JsonElement answer;
        try
        {
            answer = await _http.CallAsync("BatchCreatePartition", request, cancellationToken).ConfigureAwait(false);
        }
        catch (GlueFault e)
        {
            throw Translated(e, table.Database, table.Name, null);
        }
        var existing = new List<GluePartition>();
        foreach (JsonElement error in answer.TryGetProperty("Errors", out JsonElement errors) ? errors.EnumerateArray() : default)
        {
            string[] values = [.. error.GetProperty("PartitionValues").EnumerateArray().Select(v => v.GetString()!)];
            JsonElement detail = error.GetProperty("ErrorDetail");
            string code = detail.GetProperty("ErrorCode").GetString() ?? "";
            if (code != GlueFault.Exists)
            {
                string message = detail.TryGetProperty("ErrorMessage", out JsonElement text) ? text.GetString() ?? code : code;
                throw Translated(new GlueFault(code, message), table.Database, table.Name, null);
            }
            existing.Add(partitions.First(p => p.Values.SequenceEqual(values, StringComparer.Ordinal)));
        }
        return existing;
    }

    private async Task UpdateAsync(GlueTable table, GluePartition partition, CancellationToken cancellationToken)
    {
        byte[] request = GlueJson.Object(w =>
        {
            w.WriteString("DatabaseName", table.Database);
            w.WriteString("TableName", table.Name);
            WriteValues(w, "PartitionValueList", partition.Values);
            w.WritePropertyName("PartitionInput");
            GlueJson.PartitionInput(w, partition);
        });
        try
        {
            await _http.CallAsync("UpdatePartition", request, cancellationToken).ConfigureAwait(false);
        }
        catch (GlueFault e)
        {
            throw Translated(e, table.Database, table.Name, null);
        }
    }

    private static void WriteValues(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values)
        {
            writer.WriteStringValue(value);
        }
        writer.WriteEndArray();
    }

    private static StreamEtlException Translated(GlueFault fault, string database, string table, string? hint) =>
        new(
            fault.Code == GlueFault.NotFound ? ErrorKind.InputNotFound : ErrorKind.Io,
            $"the catalog says {fault.Code}: {fault.Message}",
            new RecordPosition($"{database}.{table}", 0, -1),
            hint,
            fault
        );
}
