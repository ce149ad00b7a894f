namespace StreamEtl.Parsing;

/// <summary>What a scanner notes of the ends that it finds. Implementations are structs, so that each has a loop of its own.</summary>
internal interface INotedEnds
{
    /// <summary>
    /// Notes the ends of fields, and those of lines among them, in the 64 bytes from <paramref name="at"/> on: behind the <paramref name="fields"/> that there are in
    /// <see cref="FieldIndex.Ends"/>, which begin at <paramref name="fieldEnds"/>, and at the next element of <see cref="FieldIndex.RecordEnds"/>. There is room for 65 of each, and what is behind
    /// those noted may be overwritten.
    /// </summary>
    void Note(ulong ends, ulong lines, int at, int fields, ref int fieldEnds, ref int record);

    /// <summary>Whether what was noted of a whole block says where all fields are.</summary>
    bool AreComplete(FieldIndex index);
}
