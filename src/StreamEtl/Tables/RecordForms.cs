using System.Security.Cryptography;
using StreamEtl.Types;

namespace StreamEtl.Tables;

/// <summary>Names under which a commit record says how the records were written whose hashes its ledger keeps.</summary>
internal static class RecordForms
{
    /// <summary><c>RecordHasher</c>. Any change of it needs another name.</summary>
    private const string Function = "recordhasher-1";

    /// <summary>
    /// A name of the source's form and of how dates are written in each column: records of equal bytes under equal names have equal values, read under equal types.
    /// </summary>
    public static string Name(string form, IEnumerable<TextPattern> patterns)
    {
        byte[] hash = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{form}|{string.Join(',', patterns)}"));
        return $"{Function}:{Convert.ToHexStringLower(hash)}";
    }
}
