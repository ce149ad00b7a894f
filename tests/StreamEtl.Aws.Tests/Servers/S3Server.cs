using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Amazon.S3;
using Amazon.S3.Model;
using StreamEtl.Connectors.S3;
using StreamEtl.Tests;

namespace StreamEtl.Aws.Tests.Servers;

/// <summary>The S3 server of this test run, started by the first test that needs it. It ends with the process, however that ends.</summary>
internal sealed class S3Server
{
    public const string AccessKey = "testkey";
    public const string SecretKey = "testsecret";
    public const string Bucket = "streametl-test";

    private static readonly Lazy<S3Server> Running = new(() => new S3Server());

    private S3Server()
    {
        string script = RepositoryFiles.At("tests", "servers", "radosgw.sh");
        string folder = Directory.CreateTempSubdirectory("streametl-s3-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            Run(script, "stop", folder);
            Directory.Delete(folder, recursive: true);
        };
        Port = FreePorts();
        (int status, string error) = Run(script, "start", folder, $"{Port}", $"{Environment.ProcessId}");
        if (status != 0)
        {
            throw new InvalidOperationException($"no S3 server, so nothing about S3 is tested: {error}");
        }
        foreach ((string name, string value) in Environs(Endpoint))
        {
            Environment.SetEnvironmentVariable(name, value);
        }
        Client = new AmazonS3Client(AccessKey, SecretKey, new AmazonS3Config { ServiceURL = Endpoint, ForcePathStyle = true });
        Client.PutBucketAsync(Bucket).GetAwaiter().GetResult();
    }

    public static S3Server Instance => Running.Value;

    public int Port { get; }

    public string Endpoint => $"http://127.0.0.1:{Port}";

    /// <summary>A client without retries, for looking behind what is tested.</summary>
    public AmazonS3Client Client { get; }

    /// <summary>What a process needs to reach a server at an endpoint.</summary>
    public static (string Name, string Value)[] Environs(string endpoint) =>
        [
            ("AWS_ENDPOINT_URL_S3", endpoint),
            ("AWS_ACCESS_KEY_ID", AccessKey),
            ("AWS_SECRET_ACCESS_KEY", SecretKey),
            ("AWS_REGION", "us-east-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required"),
            ("AWS_RESPONSE_CHECKSUM_VALIDATION", "when_required"),
            // Journeys of runs against this server are no business of who runs the tests.
            ("XDG_STATE_HOME", Path.Join(Path.GetTempPath(), "streametl-tests-state")),
        ];

    /// <summary>A root that no other test uses.</summary>
    public static string NewRoot() => $"s3://{Bucket}/{Guid.NewGuid():N}";

    /// <summary>A store that reaches the server, or a proxy before it.</summary>
    public S3Store Store(string root, S3Options? options = null, string? endpoint = null) =>
        new S3Stores(name => name == "AWS_ENDPOINT_URL_S3" ? endpoint ?? Endpoint : Environment.GetEnvironmentVariable(name)).Connect(
            root,
            options ?? new S3Options()
        );

    /// <summary>The uploads in parts that are not finished, under a root.</summary>
    public async Task<List<MultipartUpload>> UploadsAsync(string root) =>
        (
            await Client.ListMultipartUploadsAsync(
                new ListMultipartUploadsRequest { BucketName = Bucket, Prefix = root[$"s3://{Bucket}/".Length..] + "/" }
            )
        ).MultipartUploads
        ?? [];

    /// <summary>The first of sixteen ports that nobody listens at.</summary>
    private static int FreePorts()
    {
        var random = new Random();
        while (true)
        {
            int port = random.Next(1_250, 1_900) * 16;
            if (Enumerable.Range(port, 16).All(IsFree))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
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
