using System.Buffers.Binary;
using System.Text.Unicode;
using StreamEtl.Batches;
using StreamEtl.Parquet.Reading;

namespace StreamEtl.Tests.Parquet.Reading;

/// <summary>A page of texts is refused exactly when one of its values is not UTF-8 by itself, however the values stand in the page.</summary>
public sealed class TextCheckTests
{
    private static readonly byte[][] Pieces =
    [
        "a"u8.ToArray(),
        "ASCII only"u8.ToArray(),
        "ção"u8.ToArray(),
        "\u20ac\U0001F600"u8.ToArray(),
        [0xC3],
        [0xA7],
        [0xE2, 0x82],
        [0xAC],
        [0xFF],
        [],
        [.. Enumerable.Repeat((byte)'x', 200)],
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CheckText_ValuesCutAnywhere_RefusesWhatEachValueByItselfIsNot(bool hasLengths)
    {
        int[] outcomes = new int[2];
        for (int seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var bytes = new List<byte>();
            var views = new TextView[random.Next(1, 5)];
            bool valid = true;
            for (int i = 0; i < views.Length; i++)
            {
                // Mostly whole characters, or nearly every page would be refused.
                byte[] value =
                [
                    .. Enumerable.Range(0, random.Next(3)).SelectMany(_ => Pieces[random.Next(random.Next(3) == 0 ? Pieces.Length : 4)]),
                ];
                if (hasLengths)
                {
                    byte[] length = new byte[4];
                    BinaryPrimitives.WriteInt32LittleEndian(length, value.Length);
                    bytes.AddRange(length);
                }
                views[i] = new TextView(bytes.Count, value.Length);
                bytes.AddRange(value);
                valid &= Utf8.IsValid(value);
            }
            byte[] page = [.. bytes];
            Exception? refusal = Record.Exception(() => ValueConverter.CheckText(page, page, views, hasLengths));
            Assert.True(valid == refusal is null, $"seed {seed}");
            Assert.True(refusal is null or ParquetFault, $"seed {seed}");
            outcomes[valid ? 1 : 0]++;
        }
        Assert.All(outcomes, count => Assert.True(count > 1000));
    }
}
