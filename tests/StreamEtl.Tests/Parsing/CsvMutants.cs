namespace StreamEtl.Tests.Parsing;

/// <summary>Damaged inputs: a piece of a file with some bytes changed, most of them to what has a meaning in CSV.</summary>
internal static class CsvMutants
{
    public static byte[] Next(byte[] seed, Random random)
    {
        ReadOnlySpan<byte> marks = ",\"\n\r;'\\\0a"u8;
        int length = random.Next(0, 300);
        var input = new byte[length];
        int from = random.Next(seed.Length);
        for (int i = 0; i < length; i++)
        {
            input[i] = seed[(from + i) % seed.Length];
        }
        for (int change = random.Next(length == 0 ? 1 : 12); change > 0; change--)
        {
            input[random.Next(length)] = random.Next(8) == 0 ? (byte)random.Next(256) : marks[random.Next(marks.Length)];
        }
        return input;
    }
}
