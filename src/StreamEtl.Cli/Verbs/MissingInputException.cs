namespace StreamEtl.Cli.Verbs;

/// <summary>No input stands on the command line. At a terminal the answer is the verb's help, else a usage error.</summary>
internal sealed class MissingInputException(string message) : Exception(message);
