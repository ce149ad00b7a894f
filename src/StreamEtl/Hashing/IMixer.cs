namespace StreamEtl.Hashing;

/// <summary>How a value enters the state of a row's hash.</summary>
/// <typeparam name="TState">The state.</typeparam>
internal interface IMixer<TState>
    where TState : unmanaged
{
    /// <summary>The state after 16 bytes of a value, or 8 and a number that tells what they are.</summary>
    static abstract TState Mix(TState state, ulong a, ulong b);

    /// <summary>The state after a NULL.</summary>
    static abstract TState MixNull(TState state);
}
