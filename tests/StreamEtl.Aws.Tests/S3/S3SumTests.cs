using StreamEtl.Aws.Tests.Servers;
using StreamEtl.Connectors.S3;
using StreamEtl.Storage;

namespace StreamEtl.Aws.Tests.S3;

public sealed class S3SumTests
{
    /// <summary>Vectors of RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.</summary>
    [Theory]
    [InlineData(0x00, 32, "8A9136AA")]
    [InlineData(0xFF, 32, "62A8AB43")]
    [InlineData(0x00, 0, "00000000")]
    public void Of_EqualBytes_IsTheStandards(byte value, int count, string expected) =>
        Assert.Equal(expected, Hex(Enumerable.Repeat(value, count).ToArray()));

    [Fact]
    public void Of_OtherBytes_IsTheStandards()
    {
        Assert.Equal("46DD794E", Hex([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal("E3069283", Hex("123456789"u8.ToArray()));
    }

    [Theory]
    [InlineData(true, "Cb3imw==")]
    [InlineData(false, null)]
    public async Task Put_WithSums_SendsTheSum(bool withSums, string? expected)
    {
        string? sent = "nothing";
        using var server = new LoopbackServer(
            (request, _) =>
            {
                sent = request.Headers["x-amz-checksum-crc32c"];
                return Task.FromResult<(int, byte[])?>((200, []));
            }
        );
        S3Store store = S3Server.Instance.Store("s3://b", new S3Options { WithSums = withSums }, server.Endpoint);
        Assert.True(await store.WriteWholeAsync("x", "a\n"u8.ToArray(), WriteCondition.Replace, default));
        Assert.Equal(expected, sent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Parts_WithSums_AreOneObject(bool isSigned)
    {
        S3Store store = S3Server.Instance.Store(S3Server.NewRoot(), new S3Options { WithSums = true, WithSignedParts = isSigned });
        byte[] bytes = new byte[20 << 20];
        new Random(1).NextBytes(bytes);
        Assert.True(await store.WriteWholeAsync("x", bytes, WriteCondition.IfAbsent, default));
        byte[]? read = await store.ReadWholeAsync("x", bytes.Length, default);
        Assert.True(bytes.AsSpan().SequenceEqual(read));
    }

    private static string Hex(byte[] bytes) => Convert.ToHexString(Convert.FromBase64String(S3Sum.Of(bytes)));
}
