namespace StreamEtl.Cli;

/// <summary>The exit statuses of the contract.</summary>
internal static class ExitCode
{
    /// <summary>Done. Also when the reader of standard output went away, as <c>head</c> does.</summary>
    public const int Done = 0;

    /// <summary>Failed at run time, a missing input file included.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong, a column that does not exist included.</summary>
    public const int Usage = 2;

    /// <summary>Rows were rejected and the run went on. Outranks <see cref="Changes"/>, which cannot be trusted then.</summary>
    public const int Rejected = 4;

    /// <summary><c>diff --exit-code</c>: there are changes.</summary>
    public const int Changes = 5;

    /// <summary>A signal ended the run: 128 and its number, as shells count.</summary>
    public const int Signal = 128;
}
