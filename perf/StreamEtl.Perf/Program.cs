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
        BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args, DefaultConfig.Instance.AddColumn(new RateColumn()));
        return 0;
}
