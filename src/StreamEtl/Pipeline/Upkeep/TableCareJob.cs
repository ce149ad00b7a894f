using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEtl.Sinks;
using StreamEtl.Storage;
using StreamEtl.Tables;

namespace StreamEtl.Pipeline.Upkeep;

/// <summary>Does something for each table that is meant, and writes what there is to say in one piece.</summary>
internal abstract class TableCareJob(RunContext run, TableCareOptions options) : Job(run)
{
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <inheritdoc/>
    public override async Task ExecuteAsync()
    {
        IObjectStore store = options.Store ?? Run.Places.OpenFolder(options.Folder);
        CancellationToken cancellationToken = Run.CancellationToken;
        var logs = new List<TableLog>();
        if (options.Table is { } only)
        {
            logs.Add(await TableFinder.OpenAsync(store, only, cancellationToken).ConfigureAwait(false));
        }
        else
        {
            IReadOnlyList<string> names = await TableFinder.TablesAsync(store, cancellationToken).ConfigureAwait(false);
            if (names.Count == 0)
            {
                throw TableFinder.NoTables(store);
            }
            logs.AddRange(names.Select(name => new TableLog(store, new TableLayout(name))));
        }
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, WriterOptions))
        {
            var lines = new List<string>();
            json.WriteStartArray();
            foreach (TableLog log in logs)
            {
                await TendAsync(log, json, lines).ConfigureAwait(false);
            }
            json.WriteEndArray();
            json.Flush();
            if (!options.Json)
            {
                buffer.SetLength(0);
                buffer.Write(System.Text.Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line.TrimEnd() + "\n"))));
            }
            else
            {
                buffer.WriteByte((byte)'\n');
            }
        }
        IOutputFile file = await Run.Places.CreateAsync(options.Output).ConfigureAwait(false);
        await using (file.ConfigureAwait(false))
        {
            await file.Stream.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), cancellationToken).ConfigureAwait(false);
            await file.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
        Conclude();
    }

    /// <summary>Looks after one table; writes one JSON value, and lines for people.</summary>
    protected abstract Task TendAsync(TableLog log, Utf8JsonWriter json, List<string> lines);

    /// <summary>Called once everything has been said.</summary>
    protected virtual void Conclude() { }
}
