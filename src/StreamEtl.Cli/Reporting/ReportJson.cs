using System.Text.Json.Serialization;
using StreamEtl.Diagnostics;

namespace StreamEtl.Cli.Reporting;

/// <summary>
/// How a report becomes JSON: snake_case names in the order of <see cref="RunReport"/>'s members, zeros and nulls written too, so that a script
/// finds every name in every report.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    Converters = [typeof(ColumnTypeConverter), typeof(RoundedDoubleConverter), typeof(InstantConverter)]
)]
[JsonSerializable(typeof(RunReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
