using StreamEtl.Errors;

namespace StreamEtl.Parsing;

/// <summary>The scanners that this machine can run, fastest first.</summary>
internal static class Scanners
{
    /// <summary>Environment variable that forces one by name.</summary>
    public const string Variable = "STREAMETL_SCANNER";

    /// <summary>All that run here; the scalar one is last and always there.</summary>
    public static IReadOnlyList<IScanner> Available => [.. Accelerated(), new ScalarScanner()];

    /// <summary>The one by name, else the one that <see cref="Variable"/> names, else the fastest.</summary>
    public static IScanner Choose(string? name)
    {
        name ??= Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(name))
        {
            return Mask256.IsSupported ? new VectorScanner<Mask256>() : Available[0];
        }
        IReadOnlyList<IScanner> available = Available;
        return available.FirstOrDefault(s => s.Name == name)
            ?? throw new StreamEtlException(
                ErrorKind.Usage,
                $"there is no scanner '{name}' on this machine",
                hint: $"{Variable} may be {string.Join(", ", available.Select(s => s.Name))}"
            );
    }

    private static IEnumerable<IScanner> Accelerated()
    {
        // 256 bits first: 512-bit comparisons save little here and may lower the clock.
        if (Mask256.IsSupported)
        {
            yield return new VectorScanner<Mask256>();
        }
        if (Mask512.IsSupported)
        {
            yield return new VectorScanner<Mask512>();
        }
        if (Mask128.IsSupported)
        {
            yield return new VectorScanner<Mask128>();
        }
    }
}
