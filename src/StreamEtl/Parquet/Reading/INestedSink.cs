using StreamEtl.Batches;

namespace StreamEtl.Parquet.Reading;

/// <summary>Takes the parts of nested values in order, as <see cref="RecordAssembler"/> puts them together.</summary>
internal interface INestedSink
{
    /// <summary>NULL.</summary>
    void Null();

    /// <summary>A value of a leaf.</summary>
    void Value(SchemaNode leaf, Column values, int index);

    /// <summary>A list begins; its items follow.</summary>
    void BeginList();

    /// <summary>The innermost list ends.</summary>
    void EndList();

    /// <summary>A struct begins; each field follows behind its <see cref="Field"/>.</summary>
    void BeginStruct();

    /// <summary>Names the field that follows.</summary>
    void Field(string name);

    /// <summary>The innermost struct ends.</summary>
    void EndStruct();

    /// <summary>A map begins; entries follow. <paramref name="hasPlainKeys"/>: its keys are single values.</summary>
    void BeginMap(bool hasPlainKeys);

    /// <summary>An entry begins; its key follows.</summary>
    void MapKey();

    /// <summary>The entry's value follows.</summary>
    void MapValue();

    /// <summary>The entry ends.</summary>
    void EndEntry();

    /// <summary>The innermost map ends.</summary>
    void EndMap();
}
