namespace StreamEtl.Errors;

/// <summary>What went wrong, as scripts and reject files see it. The numbers are kept for ever.</summary>
public enum ErrorKind
{
    /// <summary>A bug in StreamEtl: an invariant did not hold.</summary>
    Internal = 0,

    /// <summary>The command line or a config file is wrong.</summary>
    Usage = 1,

    /// <summary>An input does not exist or cannot be opened.</summary>
    InputNotFound = 2,

    /// <summary>An input holds no bytes where a table was expected.</summary>
    EmptyInput = 3,

    /// <summary>Reading or writing failed in the operating system.</summary>
    Io = 4,

    /// <summary>Whoever read the output has stopped reading (<c>… | head</c>): a reason to stop, not to complain.</summary>
    BrokenPipe = 5,

    /// <summary>An object in a store was replaced, changed or deleted while it was in use.</summary>
    Replaced = 6,

    /// <summary>Whether a commit took effect is not known: its answer was lost. Whoever sees it looks before doing anything else.</summary>
    OutcomeUnknown = 7,

    /// <summary>A store or a service refuses: there are no credentials, they are wrong, or they do not allow it.</summary>
    AccessDenied = 8,

    /// <summary>A store or a service did not answer, or kept refusing for now, in spite of retries. Worth another try later.</summary>
    Unavailable = 9,

    /// <summary>A record has more or fewer fields than the header.</summary>
    FieldCount = 10,

    /// <summary>A quoted field is not closed before the input (or the record limit) ends.</summary>
    UnterminatedQuote = 11,

    /// <summary>Bytes stand between a closing quote and the next delimiter.</summary>
    TextAfterQuote = 12,

    /// <summary>A record is longer than the configured limit.</summary>
    RecordTooLong = 13,

    /// <summary>Bytes are not valid in the stated encoding.</summary>
    InvalidEncoding = 14,

    /// <summary>The header is missing, empty, or names a column twice.</summary>
    Header = 15,

    /// <summary>A value does not fit the type that the schema states.</summary>
    InvalidValue = 16,

    /// <summary>A key column is NULL.</summary>
    NullKey = 17,

    /// <summary>Rows of one key differ and the caller asked for that to be an error.</summary>
    DuplicateKey = 18,

    /// <summary>JSON text is malformed.</summary>
    InvalidJson = 19,

    /// <summary>A quote stands inside a field that does not begin with one.</summary>
    BareQuote = 20,

    /// <summary>A record ends with another line ending than the first one.</summary>
    MixedLineEnds = 21,

    /// <summary>A compressed input is damaged or ends early.</summary>
    DamagedCompression = 30,

    /// <summary>A Parquet file is damaged.</summary>
    DamagedParquet = 31,

    /// <summary>A valid file uses a feature that is not supported.</summary>
    Unsupported = 32,

    /// <summary>What a managed table keeps of itself is damaged, or a part of it is gone.</summary>
    DamagedTable = 33,

    /// <summary>A named column does not exist.</summary>
    ColumnNotFound = 40,

    /// <summary>The memory option cannot hold the smallest plan for this job.</summary>
    MemoryTooSmall = 50,

    /// <summary>ingest: the input lacks more keys than a run may delete.</summary>
    MassDeletion = 60,

    /// <summary>ingest: the input has no rows, and the table has some.</summary>
    EmptySnapshot = 61,

    /// <summary>ingest: the input seems to end before its end.</summary>
    TruncatedInput = 62,

    /// <summary>ingest: the input's columns are not the table's, and the user wants them to be.</summary>
    SchemaChanged = 63,

    /// <summary>ingest: other runs kept committing to the table at the same time.</summary>
    CommitConflict = 64,

    /// <summary>A journey that was this process's is another's now: it was stopped, or cut off, for longer than its lease.</summary>
    JourneyLost = 70,

    /// <summary>Another process works on the same journey, and the caller did not want to wait for it.</summary>
    JourneyRunning = 71,
}
