using System.Globalization;
using System.Text.Json;
using StreamEtl.Errors;
using StreamEtl.Tables;

namespace StreamEtl.Pipeline.Upkeep;

/// <summary><c>table verify</c>: every version that can be read; the run fails when one thing is wrong, after all has been looked at.</summary>
internal sealed class TableVerifyJob(RunContext run, TableVerifyOptions options) : TableCareJob(run, options)
{
    private readonly List<string> _faults = [];

    /// <inheritdoc/>
    protected override async Task TendAsync(TableLog log, Utf8JsonWriter json, List<string> lines)
    {
        IReadOnlyList<long> versions = await log.VersionsAsync(Run.CancellationToken).ConfigureAwait(false);
        lines.Add(log.Layout.Table);
        var verifier = new TableVerifier(Run, log);
        await using (verifier.ConfigureAwait(false))
        {
            foreach (long version in versions)
            {
                VersionFindings findings = await verifier.VerifyAsync(version, version == versions[^1]).ConfigureAwait(false);
                _faults.AddRange(findings.Faults);
                Write(json, log.Layout.Table, findings);
                Write(lines, findings);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Conclude()
    {
        if (_faults.Count > 0)
        {
            throw new StreamEtlException(
                ErrorKind.DamagedTable,
                _faults.Count == 1 ? _faults[0] : $"{_faults.Count} faults were found; the first: {_faults[0]}",
                hint: "restore what is damaged from a backup, or load the table anew with --mode full"
            );
        }
    }

    private static void Write(List<string> lines, VersionFindings findings)
    {
        string version = string.Create(CultureInfo.InvariantCulture, $"  version {findings.Version} ");
        if (findings.Vacuumed)
        {
            lines.Add(version + "vacuumed");
            return;
        }
        lines.Add(version + (findings.Faults.Count == 0 ? "ok    " : "DAMAGED  ") + findings.Proof);
        lines.AddRange(findings.Faults.Select(f => "    " + f));
    }

    private static void Write(Utf8JsonWriter json, string table, VersionFindings findings)
    {
        json.WriteStartObject();
        json.WriteString("table", table);
        json.WriteNumber("version", findings.Version);
        json.WriteString(
            "status",
            findings.Vacuumed ? "vacuumed"
                : findings.Faults.Count == 0 ? "ok"
                : "damaged"
        );
        json.WriteString("proof", findings.Proof);
        json.WriteStartArray("faults");
        foreach (string fault in findings.Faults)
        {
            json.WriteStringValue(fault);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
