using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEtl.Pipeline;
using StreamEtl.Types;

namespace StreamEtl.Connectors.Journeys;

/// <summary>
/// The parameters of a job: every option that is not at its default, under its name in snake_case, and the identity of every input. Options of resources (memory, threads, temp) decide
/// nothing and are left out, as are names for messages. What is at its default is left out, so that an option of a later version changes no key of those who do not use it.
/// </summary>
public static class JourneyParameters
{
    /// <summary>What decides nothing of the result, or is written in another form.</summary>
    private static readonly HashSet<string> LeftOut =
    [
        nameof(JobOptions.MemoryBytes),
        nameof(JobOptions.TempDirectory),
        nameof(JobOptions.Threads),
        nameof(JobOptions.BeforeCommit),
        nameof(ConsolidateOptions.Exact),
        nameof(ConsolidateOptions.Sample),
        nameof(IngestOptions.Store),
        nameof(JobOptions.Stores),
        "EqualityContract",
    ];

    private static readonly HashSet<string> Paths =
    [
        nameof(JobOptions.Output),
        nameof(JobOptions.RejectsPath),
        nameof(IngestOptions.Into),
        nameof(ConsolidateOptions.Congregado),
    ];

    private static readonly IngestOptions Ingest = new()
    {
        Inputs = [],
        Table = "",
        Into = "",
        Key = [],
        Output = "",
    };

    private static readonly ConsolidateOptions Consolidate = new()
    {
        Origins = [],
        Key = [],
        Decide = [],
        Output = "",
    };

    /// <summary>The parameters of a job that is a journey, an object; null for one that is none because it leaves nothing behind that could be there already.</summary>
    /// <param name="job">The job.</param>
    /// <param name="inputs">Tells its inputs from others.</param>
    /// <param name="more">More parameters: name and value.</param>
    /// <param name="cancellationToken">Ends it.</param>
    [UnconditionalSuppressMessage(
        "Trimming",
        "IL2075",
        Justification = "Published tools leave out unused code of the framework and of packages; the engine, whose options these are, is there whole."
    )]
    public static async ValueTask<JsonElement?> OfAsync(
        JobOptions job,
        InputIdentity inputs,
        IEnumerable<(string Name, string Value)> more,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(more);
        JobOptions? plain = job switch
        {
            IngestOptions => Ingest,
            ConsolidateOptions { Output: not ("" or "-") } or ConsolidateOptions { Partition.Count: > 0 } => Consolidate,
            _ => null,
        };
        if (plain is null)
        {
            return null;
        }
        using var buffer = new MemoryStream();
        var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        await using (writer.ConfigureAwait(false))
        {
            writer.WriteStartObject();
            foreach (PropertyInfo property in job.GetType().GetProperties().Where(p => !LeftOut.Contains(p.Name)))
            {
                object? value = property.GetValue(job);
                // What messages call a table is not where it is.
                if (!Same(value, property.GetValue(plain)) && !(job is IngestOptions && property.Name == nameof(JobOptions.Output)))
                {
                    await WriteAsync(writer, property, value!, inputs, cancellationToken).ConfigureAwait(false);
                }
            }
            foreach ((string name, string value) in more)
            {
                writer.WriteString(name, value);
            }
            writer.WriteEndObject();
        }
        using JsonDocument document = JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
        return document.RootElement.Clone();
    }

    /// <summary>Properties of a type of job whose values have no form here; there must be none.</summary>
    internal static IEnumerable<string> Formless([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type job) =>
        job.GetProperties()
            .Where(p => !LeftOut.Contains(p.Name))
            .Where(p => (Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType) is var type && !type.IsPrimitive && !type.IsEnum)
            .Where(p =>
                p.PropertyType != typeof(string)
                && p.PropertyType != typeof(DateOnly?)
                && p.PropertyType != typeof(IReadOnlyList<string>)
                && p.PropertyType != typeof(IReadOnlyList<Field>)
                && p.PropertyType != typeof(IReadOnlyList<KeepRule>)
                && p.PropertyType != typeof(IReadOnlyList<ConsolidateOrigin>)
            )
            .Select(p => p.Name);

    private static async ValueTask WriteAsync(
        Utf8JsonWriter writer,
        PropertyInfo property,
        object value,
        InputIdentity identity,
        CancellationToken cancellationToken
    )
    {
        if (property.Name == nameof(IngestOptions.Inputs))
        {
            writer.WritePropertyName("inputs");
            await WriteInputsAsync(writer, (IReadOnlyList<string>)value, identity, cancellationToken).ConfigureAwait(false);
            return;
        }
        writer.WritePropertyName(SnakeCase(property.Name));
        switch (value)
        {
            case string text when Paths.Contains(property.Name):
                writer.WriteStringValue(InputIdentity.Absolute(text));
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int or long:
                writer.WriteNumberValue(Convert.ToInt64(value, null));
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case IReadOnlyList<ConsolidateOrigin> origins:
                writer.WriteStartArray();
                foreach (ConsolidateOrigin origin in origins)
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", origin.Name);
                    writer.WritePropertyName("inputs");
                    await WriteInputsAsync(writer, origin.Inputs, identity, cancellationToken).ConfigureAwait(false);
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
                break;
            case IEnumerable list:
                writer.WriteStartArray();
                foreach (object item in list)
                {
                    writer.WriteStringValue(TextOf(item));
                }
                writer.WriteEndArray();
                break;
            default:
                writer.WriteStringValue(TextOf(value));
                break;
        }
    }

    private static async ValueTask WriteInputsAsync(
        Utf8JsonWriter writer,
        IReadOnlyList<string> inputs,
        InputIdentity identity,
        CancellationToken cancellationToken
    )
    {
        writer.WriteStartArray();
        foreach (string input in inputs)
        {
            await identity.WriteAsync(writer, input, cancellationToken).ConfigureAwait(false);
        }
        writer.WriteEndArray();
    }

    private static string TextOf(object item) =>
        item switch
        {
            KeepRule rule => $"{rule.Column}:{(rule.Descending ? "desc" : "asc")}",
            Field field => $"{field.Name}:{field.Type}{(field.Nullable ? "" : " not null")}",
            DateOnly day => day.ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture),
            Enum name => SnakeCase(name.ToString()),
            _ => item.ToString() ?? "",
        };

    private static bool Same(object? a, object? b) =>
        a is null || Equals(a, b) || (a is ICollection { Count: 0 } && b is ICollection { Count: 0 });

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (char c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}
