namespace StreamEtl.Sources;

/// <summary>Which object of a run keeps what was read of its beginning: the first that asks, for a folder of a thousand files would keep gigabytes. Inputs are opened one after the other.</summary>
internal sealed class KeptBeginning
{
    private IByteInput? _holder;

    /// <summary>True if the input may keep its beginning.</summary>
    public bool TryTake(IByteInput input) => (_holder ??= input) == input;

    /// <summary>Makes room for another, if the input was the one.</summary>
    public void GiveBack(IByteInput input) => _holder = _holder == input ? null : _holder;
}
