using System.Security.Cryptography;
using StreamEtl.Hashing;

namespace StreamEtl.Tests.Hashing;

public sealed class ShortSha256Tests
{
    [Fact]
    public void Hex_TextsOfEveryLengthAroundBlocks_IsThatOfTheFramework()
    {
        var random = new Random(7);
        for (int length = 0; length < 700; length++)
        {
            byte[] text = new byte[length];
            random.NextBytes(text);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(text)), ShortSha256.Hex(text));
        }
    }
}
