using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Contracts;

namespace Docs.Tests;

/// <summary>The messages between the services, with the words of their XML documentation.</summary>
public sealed partial class MessageTests
{
    private const string Page = "docs/messages.md";

    private static readonly Dictionary<string, XElement> Summaries = XDocument
        .Load(Path.ChangeExtension(typeof(SendMessage).Assembly.Location, ".xml")).Descendants("member")
        .Where(member => member.Element("summary") is not null)
        .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")!);

    private static readonly NullabilityInfoContext Nullability = new();

    [Fact]
    public void Every_contract_stands_in_the_reference_with_its_fields() => Generated.Check(
        Page, "messages", string.Join('\n', Messages().Select(Describe)));

    [Fact]
    public void The_reference_names_who_sends_and_who_takes_each_message()
    {
        var page = Document.Read(Page);

        Assert.All(Messages(), message =>
            Assert.Contains($"| [{message.Name}](#", page.Text, StringComparison.Ordinal));
    }

    // What goes over the broker has required fields by name; records with a constructor are answers over HTTP.
    private static IEnumerable<Type> Messages() => typeof(SendMessage).Assembly.GetExportedTypes()
        .Where(type => type.IsClass && type.GetConstructor([]) is not null
            && type.GetCustomAttribute<RequiredMemberAttribute>() is not null)
        .OrderBy(type => type.Name, StringComparer.Ordinal);

    private static string Describe(Type message)
    {
        var fields = message.GetProperties().Where(property => property.Name != "EqualityContract");
        return $"### {message.Name}\n\n{Summary($"T:{message.FullName}", message)}\n\n" + Generated.Table(
        [
            ["field", "type", "meaning"],
            .. fields.Select<PropertyInfo, IReadOnlyList<string>>(field =>
            [
                $"`{field.Name}`", $"`{TypeName(field)}`", Summary($"P:{message.FullName}.{field.Name}", message),
            ]),
        ]);
    }

    private static string TypeName(PropertyInfo field)
    {
        var type = Nullable.GetUnderlyingType(field.PropertyType) ?? field.PropertyType;
        var optional = type != field.PropertyType || Nullability.Create(field).ReadState == NullabilityState.Nullable;
        return type.Name + (optional ? "?" : "");
    }

    private static string Summary(string member, Type message) => Summaries.TryGetValue(member, out var summary)
        ? Spaces().Replace(string.Concat(summary.Nodes().Select(node => Words(node, message))), " ").Trim()
        : "";

    private static string Words(XNode node, Type message) => node switch
    {
        XElement { Name.LocalName: "see" } see => $"`{NameOf(see.Attribute("cref")!.Value, message)}`",
        XElement element => $"`{element.Value}`",
        _ => node.ToString().Replace("&lt;", "<").Replace("&gt;", ">").Replace("&amp;", "&"),
    };

    // A type, a field of the same message, or Message.Field of another one.
    private static string NameOf(string reference, Type message) => reference.Split('.') is var parts
        && (reference.StartsWith("T:", StringComparison.Ordinal)
            || reference.StartsWith($"P:{message.FullName}.", StringComparison.Ordinal))
        ? parts[^1]
        : string.Join('.', parts[^2..]);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
