using StreamEtl.Memory;

namespace StreamEtl.Tests.Memory;

/// <summary>Memory whose pages another thread touches meanwhile.</summary>
public sealed class NativeArrayTests
{
    [Fact]
    public void TouchAhead_WhileItIsWrittenAndGivenBack_ChangesNothing()
    {
        for (int round = 0; round < 30; round++)
        {
            using var array = new NativeArray<long>(4 << 20);
            array.TouchAhead();
            for (int i = 0; i < array.Length; i += 512)
            {
                Assert.Equal(0, array[i]);
                array[i] = i + 1L;
            }
            for (int i = 0; i < array.Length; i += 512)
            {
                Assert.Equal(i + 1L, array[i]);
            }
        }
    }

    [Fact]
    public void Dispose_WhileItIsTouched_IsSafe()
    {
        for (int round = 0; round < 200; round++)
        {
            using var array = new NativeArray<byte>(8 << 20);
            array.TouchAhead();
        }
    }
}
