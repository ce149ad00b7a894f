using StreamEtl.Errors;

namespace StreamEtl.Parsing;

/// <summary>A fault inside a record.</summary>
/// <param name="Record">Index of the record in the frame.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Position">Offset in the frame of the offending byte.</param>
internal readonly record struct RecordFault(int Record, ErrorKind Kind, int Position);
