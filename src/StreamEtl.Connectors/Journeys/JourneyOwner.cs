using System.Globalization;
using System.Security.Cryptography;

namespace StreamEtl.Connectors.Journeys;

/// <summary>
/// Who works on a journey: <c>HOST-xxxxxxxx:PID:START:yyyyyyyy</c>. The first part is the machine (its name, and a hash of its boot and of the process namespace), the second and
/// third the process, the last one run of it. A process that was killed on this machine is so known to be dead at once, and its lease need not run out; about
/// processes elsewhere only the lease says something.
/// </summary>
public static class JourneyOwner
{
    private static readonly string Machine = $"{Environment.MachineName}-{Short(MachineIdentity())}";

    /// <summary>A name that no other run has had.</summary>
    public static string New() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Machine}:{Environment.ProcessId}:{StartOf(Environment.ProcessId)}:{Guid.NewGuid().ToString("N")[..8]}"
        );

    /// <summary>True when the owner was a process of this machine, and is no more.</summary>
    public static bool IsDead(string owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        string[] parts = owner.Split(':');
        return parts.Length == 4
            && parts[0] == Machine
            && int.TryParse(parts[1], CultureInfo.InvariantCulture, out int process)
            && StartOf(process) is { } start
            && start != parts[2];
    }

    /// <summary>The owner in words.</summary>
    public static string Describe(string? owner)
    {
        string[] parts = (owner ?? "").Split(':');
        return parts.Length == 4 ? $"process {parts[1]} on {parts[0][..Math.Max(parts[0].LastIndexOf('-'), 0)]}" : "another process";
    }

    /// <summary>When a process started, in units of the system's own; <c>gone</c> when there is no such process (a zombie is none), null when nobody can tell.</summary>
    private static string? StartOf(int process)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Environment.ProcessId == process ? "0" : null;
        }
        try
        {
            // proc(5): the name in parentheses may hold anything; the state is the first field behind it, the start the twentieth.
            string stat = File.ReadAllText($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? "gone" : fields[19];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return "gone";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process ended while its file was read, or is not ours to look at.
            return null;
        }
    }

    private static string MachineIdentity()
    {
        try
        {
            return OperatingSystem.IsLinux()
                ? File.ReadAllText("/proc/sys/kernel/random/boot_id") + new FileInfo("/proc/self/ns/pid").LinkTarget
                : Environment.MachineName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Environment.MachineName;
        }
    }

    private static string Short(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)).AsSpan(0, 4));
}
