using System.Runtime.CompilerServices;
using StreamEtl.Pipeline;

namespace StreamEtl.Tests.Pipeline;

/// <summary>
/// The tables of these tests are small: so that they go through the blocks as large ones do, no table counts as small here. The tests of the command line leave the limit
/// as it is, and STREAMETL_TESTS_SMALL=1 keeps it here too.
/// </summary>
internal static class SmallInputs
{
    [ModuleInitializer]
    internal static void SendThroughBlocks()
    {
        if (Environment.GetEnvironmentVariable("STREAMETL_TESTS_SMALL") != "1")
        {
            PipelineGraph.FewBytes = -1;
            DiffJob.FewBytes = -1;
        }
    }

    /// <summary>Bytes of a unit: of a few records mostly, so that a small table is many of them; or as a run chooses itself.</summary>
    public static int? DrawUnitBytes(Random random) => random.Next(4) == 0 ? null : random.Next(1, 300);
}
