using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using StreamEtl.Cli.Tests.Infrastructure;

namespace StreamEtl.Cli.Tests.EndToEnd;

/// <summary>
/// What publishing leaves out must not be missed. Trimming rewrites methods, and has been seen to take clauses that release locks for unreachable: a program that then stops forever, once
/// in hundreds of runs. So every method that is left is held against the one that it was made of.
/// </summary>
public sealed class PublishedToolTests
{
    private const byte Call = 0x28;
    private const byte Throw = 0x7A;

    /// <summary>Finally clauses of a method, calls by which it takes and releases locks, and whether all that it does is to throw, as what nobody can reach does after trimming.</summary>
    private readonly record struct Body(int Finally, int Enter, int Exit, bool IsThrow);

    [Fact]
    public void Methods_OfTheTool_ReleaseWhatTheyTake()
    {
        string[] originals = [AppContext.BaseDirectory, Path.GetDirectoryName(typeof(object).Assembly.Location)!];
        var wrong = new List<string>();
        int compared = 0;
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(Tool.Path)!, "*.dll"))
        {
            string name = Path.GetFileName(file);
            string? original = originals.Select(folder => Path.Join(folder, name)).FirstOrDefault(File.Exists);
            if (original is null)
            {
                continue;
            }
            Dictionary<string, Body> before = Bodies(original);
            foreach ((string method, Body body) in Bodies(file))
            {
                if (before.TryGetValue(method, out Body was) && !body.IsThrow)
                {
                    compared++;
                    if (body != was)
                    {
                        wrong.Add($"{name} {method}: {body}, was {was}");
                    }
                }
            }
        }
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
        Assert.True(compared > 1000, $"{compared} methods compared");
    }

    /// <summary>The bodies of an assembly by type, method and names of parameters; overloads that these do not tell apart are left out.</summary>
    private static Dictionary<string, Body> Bodies(string file)
    {
        var bodies = new Dictionary<string, Body>();
        using var image = new PEReader(File.OpenRead(file));
        if (!image.HasMetadata)
        {
            return bodies;
        }
        MetadataReader reader = image.GetMetadataReader();
        foreach (TypeDefinitionHandle type in reader.TypeDefinitions)
        {
            string typeName = TypeName(reader, type);
            IEnumerable<IGrouping<string, MethodDefinition>> methods = reader
                .GetTypeDefinition(type)
                .GetMethods()
                .Select(reader.GetMethodDefinition)
                .GroupBy(m => $"{typeName}.{reader.GetString(m.Name)}({ParameterNames(reader, m)})");
            foreach (IGrouping<string, MethodDefinition> alike in methods)
            {
                MethodDefinition method = alike.First();
                if (alike.Count() == 1 && method.RelativeVirtualAddress != 0)
                {
                    bodies.Add(alike.Key, ReadBody(reader, image.GetMethodBody(method.RelativeVirtualAddress)));
                }
            }
        }
        return bodies;
    }

    private static Body ReadBody(MetadataReader reader, MethodBodyBlock body)
    {
        byte[] code = body.GetILBytes()!;
        int enter = 0;
        int exit = 0;
        // A byte within an instruction may look like a call too; it then names no method of Monitor.
        for (int i = 0; i + 4 < code.Length; i++)
        {
            if (code[i] == Call)
            {
                string? called = MonitorMethod(reader, BitConverter.ToInt32(code, i + 1));
                enter += called is "Enter" or "ReliableEnter" or "TryEnter" ? 1 : 0;
                exit += called == "Exit" ? 1 : 0;
            }
        }
        int clauses = body.ExceptionRegions.Count(r => r.Kind is ExceptionRegionKind.Finally or ExceptionRegionKind.Fault);
        return new Body(clauses, enter, exit, IsThrow: body.ExceptionRegions.IsEmpty && code[^1] == Throw);
    }

    /// <summary>The name of a method of <see cref="Monitor"/>, or null.</summary>
    private static string? MonitorMethod(MetadataReader reader, int token)
    {
        int row = token & 0xFFFFFF;
        if (row == 0)
        {
            return null;
        }
        switch ((uint)token >> 24)
        {
            case (uint)TableIndex.MemberRef when row <= reader.GetTableRowCount(TableIndex.MemberRef):
                MemberReference member = reader.GetMemberReference(MetadataTokens.MemberReferenceHandle(row));
                return
                    member.Parent.Kind == HandleKind.TypeReference
                    && reader.StringComparer.Equals(reader.GetTypeReference((TypeReferenceHandle)member.Parent).Name, nameof(Monitor))
                    ? reader.GetString(member.Name)
                    : null;
            case (uint)TableIndex.MethodDef when row <= reader.GetTableRowCount(TableIndex.MethodDef):
                MethodDefinition method = reader.GetMethodDefinition(MetadataTokens.MethodDefinitionHandle(row));
                return reader.StringComparer.Equals(reader.GetTypeDefinition(method.GetDeclaringType()).Name, nameof(Monitor))
                    ? reader.GetString(method.Name)
                    : null;
            default:
                return null;
        }
    }

    private static string TypeName(MetadataReader reader, TypeDefinitionHandle handle)
    {
        TypeDefinition type = reader.GetTypeDefinition(handle);
        TypeDefinitionHandle outer = type.GetDeclaringType();
        return $"{(outer.IsNil ? reader.GetString(type.Namespace) : TypeName(reader, outer))}.{reader.GetString(type.Name)}";
    }

    private static string ParameterNames(MetadataReader reader, MethodDefinition method) =>
        string.Join(',', method.GetParameters().Select(p => reader.GetString(reader.GetParameter(p).Name)));
}
