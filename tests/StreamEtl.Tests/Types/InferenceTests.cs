using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Tests.Types;

public sealed class InferenceTests
{
    private static readonly string[] Pool =
    [
        "0",
        "1",
        "-5",
        "42",
        "007",
        "+3",
        "-0",
        "123456789012345678",
        "1234567890123456789",
        "35200714200166000187550010000000046550010001",
        "1.5",
        "1.50",
        "-0.25",
        ".5",
        "5.",
        "0.1234567890123456789",
        "12345678901234567890.5",
        "1e3",
        "-2.5E-7",
        "NaN",
        "true",
        "FALSE",
        "yes",
        "2024-02-29",
        "2023-02-29",
        "0001-01-01",
        "2024-01-31 12:00",
        "2024-01-31T12:00:00.123456",
        "2024-01-31 12:00:00.123456789",
        "2024-01-31T12:00:00Z",
        "2024-01-31 12:00:00-03:00",
        "31/01/2024",
        "05/06/2024",
        "31/01/2024 10:20:30",
        "1/2/2024",
        "abc",
        " 1",
        "é",
    ];

    private static readonly TextFormat Format = new();

    [Theory]
    [InlineData("integer", "0", "-5", "123456789012345678")]
    [InlineData("text", "1", "007")]
    [InlineData("text", "1", "+3")]
    [InlineData("text", "-0")]
    [InlineData("text", "1", "1234567890123456789")]
    [InlineData("text", "35200714200166000187550010000000046550010001")]
    [InlineData("text", "1.5", "35200714200166000187550010000000046550010001")]
    [InlineData("float", "1.5", "352007142001660001875500100000000465500.1")]
    [InlineData("decimal(18,2)", "1.50", "2", "-0.25")]
    [InlineData("decimal(38,19)", "0.1234567890123456789")]
    [InlineData("decimal(38,1)", "12345678901234567890.5")]
    [InlineData("float", "1", "1e3", "2.5")]
    [InlineData("text", "1", "NaN")]
    [InlineData("boolean", "true", "FALSE")]
    [InlineData("text", "true", "yes")]
    [InlineData("date", "2024-02-29", "0001-01-01")]
    [InlineData("text", "2023-02-29")]
    [InlineData("timestamp", "2024-01-31 12:00", "2024-01-31T12:00:00.123456")]
    [InlineData("timestamp(9)", "2024-01-31 12:00:00.123456789")]
    [InlineData("instant", "2024-01-31T12:00:00Z", "2024-01-31 12:00:00-03:00")]
    [InlineData("text", "2024-01-31", "2024-01-31 12:00")]
    [InlineData("text", "2024-01-31 12:00", "2024-01-31T12:00:00Z")]
    [InlineData("date", "31/01/2024", "05/06/2024")]
    [InlineData("text", "05/06/2024", "01/02/2024")]
    [InlineData("text", "31/01/2024", "2024-01-31")]
    [InlineData("null")]
    public void Resolve_Values_GivesTheDocumentedType(string expected, params string[] values) =>
        Assert.Equal(expected, Observe(values).Resolve().Type.ToString());

    [Fact]
    public void Resolve_AnyPartitionAndOrder_IsOneAnswer()
    {
        var random = new Random(1);
        for (int round = 0; round < 20_000; round++)
        {
            string[] values = Draw(random);
            InferredType whole = Observe(values).Resolve();
            random.Shuffle(values);
            int cut = random.Next(values.Length + 1);
            TypeEvidence left = Observe(values[..cut]);
            left.Merge(Observe(values[cut..]));
            Assert.Equal(whole, left.Resolve());
        }
    }

    [Fact]
    public void Convert_UnderTheResolvedType_TakesEveryValueAndGivesItBack()
    {
        var random = new Random(2);
        for (int round = 0; round < 20_000; round++)
        {
            string[] values = Draw(random);
            InferredType type = Observe(values).Resolve();
            (Column column, int bad) = Convert(type, values);
            Assert.True(bad == 0, $"{string.Join(" | ", values)} under {type}");
            if (type.Type.Kind is ColumnKind.Integer or ColumnKind.Text)
            {
                byte[] text = new byte[128];
                for (int i = 0; i < values.Length; i++)
                {
                    Assert.Equal(values[i], System.Text.Encoding.UTF8.GetString(text, 0, ValueText.Format(column, i, text)));
                }
            }
        }
    }

    [Fact]
    public void Convert_LaterValuesWithoutContradiction_WouldHaveGivenTheSameType()
    {
        // What makes one optimistic pass right: if everything converts under the sample's type, everything together resolves to that type.
        var random = new Random(3);
        int proven = 0;
        for (int round = 0; round < 60_000; round++)
        {
            string[] sample = Draw(random);
            string[] later = Draw(random);
            InferredType type = Observe(sample).Resolve();
            if (Convert(type, later).Bad == 0)
            {
                proven++;
                Assert.Equal(type.Type, Observe([.. sample, .. later]).Resolve().Type);
            }
        }
        Assert.True(proven > 1000);
    }

    [Fact]
    public void Calendar_EveryDayOfTenThousandYears_CountsUp()
    {
        int expected = Calendar.ToDays(1, 1, 1);
        for (var date = new DateTime(1, 1, 1, 0, 0, 0, DateTimeKind.Unspecified); date.Year < 9999; date = date.AddDays(1), expected++)
        {
            Assert.Equal(expected, Calendar.ToDays(date.Year, date.Month, date.Day));
            Assert.Equal((date.Year, date.Month, date.Day), Calendar.FromDays(expected));
        }
        Assert.Equal(0, Calendar.ToDays(1970, 1, 1));
    }

    [Fact]
    public void Integers_RandomText_AgreeWithTheFramework()
    {
        var random = new Random(4);
        for (int i = 0; i < 200_000; i++)
        {
            long value = random.NextInt64(-999_999_999_999_999_999, 999_999_999_999_999_999) / (long)Math.Pow(10, random.Next(18));
            byte[] text = System.Text.Encoding.ASCII.GetBytes(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Assert.True(NumberText.TryInteger(text, out long read));
            Assert.Equal(value, read);
            text[random.Next(text.Length)] = (byte)random.Next(128);
            bool canonical =
                long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, null, out long parsed)
                && parsed.ToString(System.Globalization.CultureInfo.InvariantCulture) == System.Text.Encoding.ASCII.GetString(text)
                && Math.Abs(parsed) < 1_000_000_000_000_000_000;
            Assert.Equal(canonical, NumberText.TryInteger(text, out read));
        }
    }

    private static string[] Draw(Random random)
    {
        // A few values of a few kinds, so that columns of one type are common.
        int from = random.Next(Pool.Length);
        int kinds = 1 + random.Next(3);
        return [.. Enumerable.Range(0, 1 + random.Next(5)).Select(_ => Pool[(from + random.Next(kinds)) % Pool.Length])];
    }

    private static TypeEvidence Observe(string[] values)
    {
        var evidence = new TypeEvidence();
        (byte[] bytes, TextView[] views) = Pack(values);
        evidence.Observe(bytes, views, null, Format);
        return evidence;
    }

    private static (Column Column, int Bad) Convert(InferredType type, string[] values)
    {
        (byte[] bytes, TextView[] views) = Pack(values);
        BufferLease lease = new BufferPool(new MemoryBudget(long.MaxValue)).Lease();
        Column column = TextConverter.Convert(
            type.Type,
            type.Pattern,
            Format,
            bytes,
            views,
            null,
            0,
            values.Length,
            lease,
            new ulong[1],
            out int bad
        );
        return (column, bad);
    }

    private static (byte[] Bytes, TextView[] Views) Pack(string[] values)
    {
        var bytes = new List<byte>();
        var views = new TextView[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            byte[] text = System.Text.Encoding.UTF8.GetBytes(values[i]);
            views[i] = new TextView(bytes.Count, text.Length);
            bytes.AddRange(text);
        }
        return ([.. bytes], views);
    }
}
