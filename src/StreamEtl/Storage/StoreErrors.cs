using StreamEtl.Errors;

namespace StreamEtl.Storage;

/// <summary>The errors that all stores share, in the same words.</summary>
public static class StoreErrors
{
    /// <summary>There is no object of that key.</summary>
    public static StreamEtlException NotFound(string store, string key, Exception? inner = null) =>
        new(ErrorKind.InputNotFound, "no such object", At(store, key), "check the name", inner);

    /// <summary>The object is not the one that was meant, or no longer.</summary>
    public static StreamEtlException Replaced(string store, string key, Exception? inner = null) =>
        new(
            ErrorKind.Replaced,
            "the object was replaced, changed or deleted while it was in use",
            At(store, key),
            "run again: it then reads the new state",
            inner
        );

    /// <summary>A commit whose effect cannot be known.</summary>
    public static StreamEtlException OutcomeUnknown(string store, string key, Exception inner) =>
        new(
            ErrorKind.OutcomeUnknown,
            $"whether the object was written is not known: {inner.Message}",
            At(store, key),
            "run again: it finds out, and does only what is missing",
            inner
        );

    /// <summary>A read that failed in the operating system.</summary>
    internal static StreamEtlException Reading(string store, string key, Exception inner) =>
        new(ErrorKind.Io, $"reading failed: {inner.Message}", At(store, key), "check the disk or the network share, then run again", inner);

    /// <summary>Where an object is, for messages: the name that a user would give it.</summary>
    public static RecordPosition At(string store, string key) => new($"{store.TrimEnd('/')}/{key}", 0, -1);
}
