using StreamEtl.Parsing;

namespace StreamEtl.Tests.Parsing;

public sealed class LineCounterTests
{
    [Fact]
    public void Count_OfAnyLineEnds_IsThatOfTheLines()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = new byte[random.Next(200)];
            string letters = random.Next(2) == 0 ? "ab\n" : "ab\n\r";
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)letters[random.Next(letters.Length)];
            }
            int expected = 0;
            for (int i = 0; i < bytes.Length; i++)
            {
                bool endsPair = i > 0 && bytes[i] == '\n' && bytes[i - 1] == '\r';
                expected += bytes[i] is (byte)'\n' or (byte)'\r' && !endsPair ? 1 : 0;
            }
            Assert.Equal(expected, LineCounter.Count(bytes));
        }
    }
}
