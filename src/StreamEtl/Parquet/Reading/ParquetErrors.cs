using StreamEtl.Errors;

namespace StreamEtl.Parquet.Reading;

/// <summary>Turns faults into errors that say where and what to do.</summary>
internal static class ParquetErrors
{
    /// <summary>Adds file, row group (0-based, -1 for none), column and byte offset (-1 for none) to a fault.</summary>
    public static StreamEtlException Locate(ParquetFault fault, string path, int rowGroup, string? column, long offset)
    {
        string message = rowGroup < 0 ? fault.Message : $"{fault.Message} (row group {rowGroup})";
        string hint = fault.Kind switch
        {
            ErrorKind.Unsupported => "write the file again with common settings, for example with pyarrow or DuckDB",
            ErrorKind.MemoryTooSmall => "give it that much, or write the file again with smaller row groups or pages",
            ErrorKind.InvalidEncoding => "store the column as binary, or write it again as UTF-8",
            _ => "the file is damaged: fetch it again, or have it written again",
        };
        return new StreamEtlException(fault.Kind, message, new RecordPosition(path, 0, offset, column), hint, fault);
    }
}
