using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StreamEtl.Tests;

namespace StreamEtl.Aws.Tests.Servers;

/// <summary>The DynamoDB server of this test run, started by the first test that needs it. It ends with the process, however that ends.</summary>
internal sealed class DynamoServer
{
    private static readonly Lazy<DynamoServer> Running = new(() => new DynamoServer());

    private DynamoServer()
    {
        string script = RepositoryFiles.At("tests", "servers", "dynalite.sh");
        string folder = Directory.CreateTempSubdirectory("streametl-dynamo-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            Run(script, "stop", folder);
            Directory.Delete(folder, recursive: true);
        };
        int port = FreePort();
        (int status, string error) = Run(script, "start", folder, $"{port}", $"{Environment.ProcessId}");
        if (status != 0)
        {
            throw new InvalidOperationException($"no DynamoDB server, so nothing about it is tested: {error}");
        }
        Endpoint = $"http://127.0.0.1:{port}";
    }

    public static DynamoServer Instance => Running.Value;

    public string Endpoint { get; }

    /// <summary>What a process needs to reach a server at an endpoint.</summary>
    public static (string Name, string Value)[] Environs(string endpoint) =>
        [
            ("AWS_ENDPOINT_URL_DYNAMODB", endpoint),
            ("AWS_ACCESS_KEY_ID", "testkey"),
            ("AWS_SECRET_ACCESS_KEY", "testsecret"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ];

    /// <summary>An environment that reaches the server, or a proxy before it.</summary>
    public Func<string, string?> Variables(string? endpoint = null)
    {
        SetCredentials();
        return name => name == "AWS_ENDPOINT_URL_DYNAMODB" ? endpoint ?? Endpoint : null;
    }

    /// <summary>The SDK's chain of credentials reads the real environment.</summary>
    public static void SetCredentials()
    {
        foreach ((string name, string value) in Environs("")[1..])
        {
            Environment.SetEnvironmentVariable(name, Environment.GetEnvironmentVariable(name) ?? value);
        }
    }

    /// <summary>A port that nobody listens at.</summary>
    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static (int Status, string Error) Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false }
        )!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
