using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace StreamEtl.Aws.Tests.Servers;

/// <summary>Signatures of the key that tests have, computed here anew from what came in.</summary>
internal static class Signature
{
    private const string Secret = "testsecret";

    /// <summary>
    /// Whether a POST to / without a query is signed in Version 4 (docs.aws.amazon.com, "Create a signed AWS API request"), all of Amazon's headers among what is signed.
    /// </summary>
    public static bool IsRight(HttpListenerRequest request, byte[] body, string service)
    {
        Dictionary<string, string> parts = (request.Headers["Authorization"] ?? "")
            .Replace("AWS4-HMAC-SHA256 ", "", StringComparison.Ordinal)
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(p => p.Split('=', 2))
            .Where(p => p.Length == 2)
            .ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
        if (!parts.TryGetValue("Credential", out string? credential) || !parts.TryGetValue("SignedHeaders", out string? names))
        {
            return false;
        }
        string[] scope = credential.Split('/');
        string[] amazons =
        [
            .. request.Headers.AllKeys.Select(n => n!.ToLowerInvariant()).Where(n => n.StartsWith("x-amz-", StringComparison.Ordinal)),
        ];
        if (
            scope is not ["testkey", _, "sa-east-1", _, "aws4_request"]
            || scope[3] != service
            || amazons.Except(names.Split(';'), StringComparer.Ordinal).Any()
        )
        {
            return false;
        }
        string headers = string.Concat(
            names.Split(';').Select(n => $"{n}:{(n == "host" ? request.UserHostName : request.Headers[n])?.Trim()}\n")
        );
        string canonical = $"POST\n/\n\n{headers}\n{names}\n{Convert.ToHexStringLower(SHA256.HashData(body))}";
        string date = request.Headers["X-Amz-Date"] ?? "";
        if (
            !DateTime.TryParseExact(
                date,
                "yyyyMMddTHHmmssZ",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AdjustToUniversal,
                out DateTime at
            )
            || Math.Abs((DateTime.UtcNow - at).TotalMinutes) > 5
        )
        {
            return false;
        }
        string text =
            $"AWS4-HMAC-SHA256\n{date}\n{string.Join('/', scope[1..])}\n{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(canonical)))}";
        byte[] key = System.Text.Encoding.UTF8.GetBytes("AWS4" + Secret);
        foreach (string step in scope[1..])
        {
            key = HMACSHA256.HashData(key, System.Text.Encoding.UTF8.GetBytes(step));
        }
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, System.Text.Encoding.UTF8.GetBytes(text))) == parts["Signature"];
    }
}
