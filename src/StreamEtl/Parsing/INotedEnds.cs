namespace StreamEtl.Parsing;

/// <summary>What a scanner notes of the ends that it finds. Implementations are structs, so that each has a loop of its own.</summary>
internal interface INotedEnds
{
    /// <summary>Notes the ends of fields, and those of lines among them, in the 64 bytes from <paramref name="at"/> on. The index has room for 64 of each.</summary>
    void Note(ulong ends, ulong lines, int at, FieldIndex index);

    /// <summary>Whether what was noted of a whole block says where all fields are.</summary>
    bool AreComplete(FieldIndex index);
}
