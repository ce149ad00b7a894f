using System.Reflection;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using StreamEtl.Perf.Data;
using StreamEtl.Perf.Kernels;
using StreamEtl.Perf.Scopes;

switch (args)
{
    case ["scopes", .. var rest]:
        return await ScopesCommand.RunAsync(rest);
    case ["shapes", var folder, .. var sizes]:
        ShapeFiles.Write(folder, full: sizes is ["full"]);
        return 0;
    default:
        // BenchmarkDotNet builds a project of its own, with analyzers; two minutes are not enough for that on a busy machine.
        IConfig config = DefaultConfig.Instance.AddColumn(new RateColumn()).WithBuildTimeout(TimeSpan.FromMinutes(10));
        BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args, config);
        return 0;
}
