using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace StreamEtl.Perf.Kernels;

/// <summary>What the mean means: bytes or rows in a second. Every kernel counts one of the two as its operation.</summary>
internal sealed class RateColumn : IColumn
{
    public string Id => nameof(RateColumn);

    public string ColumnName => "Rate";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => "Bytes or rows in a second, by the mean";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        if (summary[benchmarkCase]?.ResultStatistics is not { } statistics)
        {
            return "-";
        }
        bool perByte = benchmarkCase.Descriptor.Type.GetCustomAttribute<PerByteAttribute>() is not null;
        double perSecond = 1e9 / statistics.Mean;
        return perByte
            ? string.Create(CultureInfo.InvariantCulture, $"{perSecond / 1e9:F2} GB/s")
            : string.Create(CultureInfo.InvariantCulture, $"{perSecond / 1e6:F1} M rows/s");
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
}
