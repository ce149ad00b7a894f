namespace StreamEtl.Connectors.Glue;

/// <summary>The catalog said no.</summary>
/// <param name="code">Its word for why: <c>EntityNotFoundException</c>.</param>
/// <param name="message">Its explanation.</param>
internal sealed class GlueFault(string code, string message) : Exception(message)
{
    /// <summary>There is no such thing.</summary>
    public const string NotFound = "EntityNotFoundException";

    /// <summary>There is one already.</summary>
    public const string Exists = "AlreadyExistsException";

    /// <summary>The catalog's word for why.</summary>
    public string Code => code;
}
