using System.Collections.Concurrent;
using System.Security.Cryptography;
using StreamEtl.Aws.Tests.Servers;
using StreamEtl.Connectors.S3;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Aws.Tests.S3;

/// <summary>What servers, and whatever stands before them, say when they refuse a request that carries bytes.</summary>
public sealed class S3LineTests
{
    private const string Begun = "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>";

    private static readonly S3Options Hurried = new()
    {
        PartBytes = 5 << 20,
        Attempts = 3,
        FirstPause = TimeSpan.FromMilliseconds(1),
    };

    [Theory]
    [InlineData(403, "<Error><Code>AccessDenied</Code><Message>not you</Message></Error>", ErrorKind.AccessDenied, "not you")]
    [InlineData(404, "<Error><Code>NoSuchUpload</Code></Error>", ErrorKind.Io, "ended by somebody else")]
    [InlineData(400, "<Error><Code>XAmzContentSHA256Mismatch</Code></Error>", ErrorKind.Unsupported, "XAmzContentSHA256Mismatch")]
    [InlineData(403, "", ErrorKind.AccessDenied, "access is denied")]
    [InlineData(403, "no such <p> page", ErrorKind.AccessDenied, "access is denied")]
    [InlineData(503, "<html><body>busy</body></html>", ErrorKind.Unavailable, "503")]
    [InlineData(500, "<Error><Code>InternalError</Code>", ErrorKind.Unavailable, "500 InternalError")]
    public async Task Part_Refused_IsToldInTheServersWords(int status, string body, ErrorKind kind, string words)
    {
        StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(() =>
            WriteAsync(status, System.Text.Encoding.UTF8.GetBytes(body))
        );
        Assert.Equal(kind, e.Kind);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Part_RefusedAtLength_IsRefusedByItsStatus()
    {
        StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(() => WriteAsync(403, new byte[1 << 20]));
        Assert.Equal(ErrorKind.AccessDenied, e.Kind);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Part_Sent_IsSignedWhereThatIsWanted(bool isSigned)
    {
        var parts = new ConcurrentBag<(string? Hash, byte[] Body)>();
        using var server = new LoopbackServer(
            (request, body) =>
            {
                if (request.HttpMethod == "PUT")
                {
                    parts.Add((request.Headers["x-amz-content-sha256"], body));
                }
                return Task.FromResult<(int, byte[])?>(
                    request.HttpMethod == "POST" ? (200, System.Text.Encoding.UTF8.GetBytes(Begun)) : (403, [])
                );
            }
        );
        S3Store store = S3Server.Instance.Store("s3://b", Hurried with { WithSignedParts = isSigned }, server.Endpoint);
        byte[] bytes = new byte[Hurried.PartBytes + 1];
        new Random(1).NextBytes(bytes);
        await Assert.ThrowsAsync<StreamEtlException>(() => store.WriteWholeAsync("x", bytes, WriteCondition.Replace, default).AsTask());
        Assert.NotEmpty(parts);
        Assert.All(
            parts,
            part => Assert.Equal(isSigned ? Convert.ToHexStringLower(SHA256.HashData(part.Body)) : "UNSIGNED-PAYLOAD", part.Hash)
        );
    }

    [Theory]
    [InlineData(null, false, false)]
    [InlineData("https://storage.example", true, false)]
    [InlineData("https://127.0.0.1:9000", false, false)]
    [InlineData("http://storage.example", false, true)]
    [InlineData("http://10.0.0.1:9000", false, true)]
    [InlineData("http://127.0.0.1:9000", true, true)]
    [InlineData("http://127.0.0.1:9000", false, false)]
    [InlineData("http://localhost:9000", false, false)]
    [InlineData("http://[::1]:9000", false, false)]
    public void SignsParts_Endpoint_WhereTheyCouldBeChangedOnTheWay(string? endpoint, bool wantsSums, bool expected) =>
        Assert.Equal(expected, S3Stores.SignsParts(endpoint is null ? null : new Uri(endpoint), wantsSums));

    private static async Task WriteAsync(int status, byte[] refusal)
    {
        using var server = new LoopbackServer(
            (request, _) =>
                Task.FromResult<(int, byte[])?>(
                    request.HttpMethod switch
                    {
                        "POST" => (200, System.Text.Encoding.UTF8.GetBytes(Begun)),
                        "PUT" => (status, refusal),
                        _ => (204, []),
                    }
                )
        );
        S3Store store = S3Server.Instance.Store("s3://b", Hurried, server.Endpoint);
        await store.WriteWholeAsync("x", new byte[Hurried.PartBytes + 1], WriteCondition.Replace, default);
    }
}
