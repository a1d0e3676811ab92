using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Frontend.Components;

/// <summary>A condition while somebody builds it. Whatever the API takes can be read, also what a program has written.</summary>
public abstract class ConditionPart
{
    /// <summary>As the API takes it. What is still missing is empty, so that the API says so beside its field.</summary>
    public abstract JsonObject ToJson();

    /// <summary>The opposite.</summary>
    public abstract void Negate();

    public static ConditionPart Of(JsonElement condition)
    {
        var (name, value) = condition.EnumerateObject().Select(part => (part.Name, part.Value))
            .FirstOrDefault(part => part.Name is "all" or "any" or "not");
        switch (name)
        {
            case null:
                return ConditionRow.Read(condition);
            case "not":
                var part = Of(value);
                part.Negate();
                return part;
            default:
                var group = new ConditionGroup { Joining = name == "all" ? Joining.All : Joining.Any };
                group.Parts.AddRange(value.EnumerateArray().Select(Of));
                return group;
        }
    }

    protected static JsonObject Not(JsonObject condition) => new() { ["not"] = condition };
}

/// <summary>How many of a group's parts have to hold.</summary>
public enum Joining
{
    All,
    Any,
    NotAll,
    None,
}

/// <summary>Parts that belong together.</summary>
public sealed class ConditionGroup : ConditionPart
{
    public Joining Joining { get; set; }

    public List<ConditionPart> Parts { get; } = [];

    private string Word => Joining is Joining.All or Joining.NotAll ? "all" : "any";

    private bool IsNegative => Joining is Joining.NotAll or Joining.None;

    /// <summary>A group, also around a condition that is none; with a row to begin with if there is no condition.</summary>
    public static ConditionGroup Of(JsonElement? condition)
    {
        var part = condition is { } given ? ConditionPart.Of(given) : new ConditionRow();
        return part as ConditionGroup ?? new ConditionGroup { Parts = { part } };
    }

    /// <summary>Where a part of the group at <paramref name="path"/> is, as the API names it in its complaints.</summary>
    public string PathOf(int part, string path) => $"{path}{(IsNegative ? ".not" : "")}.{Word}[{part}]";

    public override JsonObject ToJson()
    {
        var parts = new JsonObject { [Word] = new JsonArray([.. Parts.Select(part => part.ToJson())]) };
        return IsNegative ? Not(parts) : parts;
    }

    /// <summary>Null while the group is empty.</summary>
    public JsonElement? ToElement() => Parts.Count == 0 ? null : JsonSerializer.SerializeToElement(ToJson());

    public override void Negate() => Joining = Joining switch
    {
        Joining.All => Joining.NotAll,
        Joining.Any => Joining.None,
        Joining.NotAll => Joining.All,
        _ => Joining.Any,
    };
}

/// <summary>What people may be asked about.</summary>
public enum ConditionField
{
    Tag,
    Attribute,
    Sandbox,
    Session,
    Campaign,
}

/// <summary>A condition about one thing.</summary>
public sealed class ConditionRow : ConditionPart
{
    private const string IsEmpty = "isEmpty";

    private static readonly string[] Comparing = ["greaterThan", "lessThan"];

    public static IReadOnlyList<string> Comparisons { get; } = ["equals", "contains", .. Comparing, IsEmpty];

    /// <summary>The words of the API that a value is chosen from; none: it is written.</summary>
    public static IReadOnlyList<string> WordsOf(ConditionField field) => field switch
    {
        ConditionField.Sandbox => ["joined", "notJoined", "unknown"],
        ConditionField.Session => ["open", "closed"],
        ConditionField.Campaign => ["received", "read", "notRead", "replied", "notReplied", "failed"],
        _ => [],
    };

    public ConditionField Field { get; private set; }

    /// <summary>It must not hold.</summary>
    public bool IsNot { get; set; }

    /// <summary>Of an attribute: its name and how it is compared.</summary>
    public string? Attribute { get; set; }

    public string Comparison { get; set; } = "equals";

    /// <summary>The tag, what the attribute is compared with, or one of the words.</summary>
    public string? Value { get; set; }

    public Guid? Campaign { get; set; }

    public bool HasValue => Field != ConditionField.Attribute || Comparison != IsEmpty;

    /// <summary>What the API calls the value, and so its complaints.</summary>
    public string ValueName => Field switch
    {
        ConditionField.Attribute => Comparison,
        ConditionField.Campaign => "result",
        _ => Field.ToString().ToLowerInvariant(),
    };

    /// <summary>Asks about something else.</summary>
    public void Choose(ConditionField field, Guid? campaign) =>
        (Field, Value, Campaign) = (
            field, WordsOf(field) is [var word, ..] ? word : null, field == ConditionField.Campaign ? campaign : null);

    /// <summary>Where the row at <paramref name="path"/> has its parts.</summary>
    public string PathOf(string name, string path) => $"{path}{(IsNot ? ".not" : "")}.{name}";

    public override void Negate() => IsNot = !IsNot;

    public override JsonObject ToJson()
    {
        var condition = new JsonObject();
        if (Field == ConditionField.Attribute)
        {
            condition["attribute"] = Attribute ?? "";
        }
        else if (Field == ConditionField.Campaign)
        {
            condition["campaign"] = Campaign ?? Guid.Empty;
        }

        condition[ValueName] = this switch
        {
            { HasValue: false } => true,
            { Field: ConditionField.Attribute } when Comparing.Contains(Comparison) && AsNumber() is { } number => number,
            _ => Value ?? "",
        };
        return IsNot ? Not(condition) : condition;
    }

    internal static ConditionRow Read(JsonElement condition)
    {
        var row = new ConditionRow { Attribute = Text("attribute") };
        row.Field = row.Attribute is not null ? ConditionField.Attribute
            : Enum.GetValues<ConditionField>().FirstOrDefault(field =>
                condition.TryGetProperty(field.ToString().ToLowerInvariant(), out _));
        row.Comparison = Comparisons.FirstOrDefault(name => condition.TryGetProperty(name, out _)) ?? row.Comparison;
        row.Campaign = row.Field == ConditionField.Campaign ? condition.GetProperty("campaign").GetGuid() : null;
        row.Value = row.HasValue ? Text(row.ValueName) : null;
        row.IsNot = !row.HasValue && Text(IsEmpty) == bool.FalseString;
        return row;

        string? Text(string name) => condition.TryGetProperty(name, out var value) ? value.ToString() : null;
    }

    // As people write it in either language.
    private decimal? AsNumber() => decimal.TryParse(
        Value?.Replace(',', '.'), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
        CultureInfo.InvariantCulture, out var number) ? number : null;
}
