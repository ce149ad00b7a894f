namespace StreamEtl.Perf.Kernels;

/// <summary>One operation of the benchmark is a byte of input; without it, a row.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PerByteAttribute : Attribute;
