using System.Net;

namespace StreamEtl.Aws.Tests.Servers;

/// <summary>Takes requests on loopback, any number at once, and answers as it is told: a status and a body, or null, and the connection breaks off.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<HttpListenerRequest, byte[], Task<(int Status, byte[] Body)?>> _answer;

    public LoopbackServer(Func<HttpListenerRequest, byte[], Task<(int Status, byte[] Body)?>> answer)
    {
        _answer = answer;
        Endpoint = $"http://127.0.0.1:{DynamoServer.FreePort()}";
        _listener.Prefixes.Add(Endpoint + "/");
        _listener.Start();
        _ = ServeAsync();
    }

    public string Endpoint { get; }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            _ = Task.Run(() => HandleAsync(context));
        }
    }

    private async Task HandleAsync(HttpListenerContext context)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            if (await _answer(context.Request, body.ToArray()) is not { } answer)
            {
                context.Response.Abort();
                return;
            }
            context.Response.StatusCode = answer.Status;
            context.Response.ContentLength64 = answer.Body.Length;
            await context.Response.OutputStream.WriteAsync(answer.Body);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or HttpRequestException or IOException)
        {
            context.Response.Abort();
        }
    }
}
