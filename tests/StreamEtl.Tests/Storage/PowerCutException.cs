namespace StreamEtl.Tests.Storage;

/// <summary>The machine or the process is gone: nothing in the code under test may catch it and go on.</summary>
internal sealed class PowerCutException() : Exception("the power is off");
