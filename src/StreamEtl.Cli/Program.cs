using StreamEtl.Cli;

return await new Application(new Host()).RunAsync(args).ConfigureAwait(false);
