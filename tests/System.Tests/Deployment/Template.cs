using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace CloudTrailAggregation.Tests.Deployment;

/// <summary>
/// cloudformation.yml with the short-form tags in their long form, resolved for given parameters as CloudFormation
/// does. Every scalar is a string here, because CloudFormation also compares and passes strings.
/// </summary>
internal sealed class Template
{
    public const string Region = "us-east-1";
    public const string Account = "123456789012";

    private static readonly Dictionary<string, string> Pseudo = new(StringComparer.Ordinal)
    {
        ["AWS::Region"] = Region,
        ["AWS::AccountId"] = Account,
        ["AWS::Partition"] = "aws",
    };

    private readonly Dictionary<string, string> _parameters;

    private Template(JsonObject body, Dictionary<string, string> parameters) =>
        (Body, _parameters) = (body, parameters);

    /// <summary>The template as written, long form.</summary>
    public JsonObject Body { get; }

    public static string Path => Repository.File("cloudformation.yml");

    /// <summary>The parameters that every deployment of zips must set.</summary>
    public static Dictionary<string, string> Required => new(StringComparer.Ordinal)
    {
        ["CodeBucket"] = "code-bucket",
        ["CodeKey"] = "cloudtrail-aggregation-arm64.zip",
        ["LayerKey"] = "parquetsharp-layer-arm64.zip",
        ["SrcBucket"] = "daily-bucket",
        ["DstBucket"] = "monthly-bucket",
    };

    public static JsonObject Load()
    {
        using var reader = new StringReader(File.ReadAllText(Path));
        var yaml = new YamlStream();
        yaml.Load(reader);
        return (JsonObject)LongForm(yaml.Documents[0].RootNode)!;
    }

    /// <summary>The template for these parameters, and the defaults of the rest.</summary>
    /// <exception cref="RefusedException">A parameter or a rule refuses them, as in CloudFormation.</exception>
    public static Stack Render(params (string Name, string Value)[] parameters)
    {
        var body = Load();
        var given = Required;
        foreach (var (name, value) in parameters)
        {
            given[name] = value;
        }

        var template = new Template(body, Accept((JsonObject)body["Parameters"]!, given));
        template.CheckRules();
        return new Stack(template.Present("Resources"), template.Present("Outputs"));
    }

    private static JsonNode? LongForm(YamlNode node)
    {
        JsonNode? value = node switch
        {
            YamlScalarNode scalar => scalar.Value,
            YamlSequenceNode sequence => new JsonArray([.. sequence.Select(LongForm)]),
            YamlMappingNode mapping => new JsonObject(
                mapping.Select(e => KeyValuePair.Create(((YamlScalarNode)e.Key).Value!, LongForm(e.Value)))),
            _ => throw new RefusedException($"line {node.Start.Line}: a {node.NodeType} is not part of a template"),
        };

        if (node.Tag.IsEmpty || !node.Tag.Value.StartsWith('!') || node.Tag.Value == "!")
        {
            return value;
        }

        return node.Tag.Value[1..] switch
        {
            "Ref" => new JsonObject { ["Ref"] = value },
            "GetAtt" => new JsonObject
            {
                ["Fn::GetAtt"] = new JsonArray([.. ((string)value!).Split('.', 2).Select(p => (JsonNode)p)]),
            },
            var function => new JsonObject { ["Fn::" + function] = value },
        };
    }

    private static Dictionary<string, string> Accept(JsonObject declared, Dictionary<string, string> given)
    {
        foreach (string? name in given.Keys.Where(n => !declared.ContainsKey(n)))
        {
            throw new RefusedException($"{name}: no such parameter");
        }

        var accepted = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, rules) in declared)
        {
            string value = given.TryGetValue(name, out string? v)
                ? v
                : (string?)rules!["Default"] ?? throw new RefusedException($"{name}: needs a value");
            Check(name, value, (JsonObject)rules!);
            accepted[name] = value;
        }

        return accepted;
    }

    private static void Check(string name, string value, JsonObject rules)
    {
        decimal number = (string?)rules["Type"] == "Number" ? decimal.Parse(value, CultureInfo.InvariantCulture) : 0;
        bool refused =
            (rules["AllowedPattern"] is { } pattern
                && !Regex.IsMatch(value, $"^(?:{pattern})$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)))
            || (rules["AllowedValues"] is JsonArray allowed && !allowed.Any(a => (string?)a == value))
            || (rules["MinValue"] is { } min && number < decimal.Parse((string)min!, CultureInfo.InvariantCulture))
            || (rules["MaxValue"] is { } max && number > decimal.Parse((string)max!, CultureInfo.InvariantCulture));
        if (refused)
        {
            throw new RefusedException($"{name}: {value} is not allowed");
        }
    }

    private void CheckRules()
    {
        foreach (var (name, rule) in (JsonObject)Body["Rules"]!)
        {
            if (rule!["RuleCondition"] is { } condition && !Holds(condition))
            {
                continue;
            }

            foreach (var assertion in (JsonArray)rule["Assertions"]!)
            {
                if (!Holds(assertion!["Assert"]!))
                {
                    throw new RefusedException($"{name}: {assertion["AssertDescription"]}");
                }
            }
        }
    }

    private JsonObject Present(string section) => new(
        ((JsonObject)Body[section]!).Where(e => IsPresent(e.Value!))
            .Select(e => KeyValuePair.Create(e.Key, Resolve(e.Value))));

    private bool IsPresent(JsonNode entry) =>
        entry["Condition"] is not JsonValue condition || Holds(Body["Conditions"]![(string)condition!]!);

    private bool Holds(JsonNode condition)
    {
        var (function, argument) = ((JsonObject)condition).Single();
        return function switch
        {
            "Condition" => Holds(Body["Conditions"]![(string)argument!]!),
            "Fn::Equals" => (string?)Resolve(argument![0]) == (string?)Resolve(argument[1]),
            "Fn::Not" => !Holds(argument![0]!),
            "Fn::Or" => ((JsonArray)argument!).Any(a => Holds(a!)),
            "Fn::And" => ((JsonArray)argument!).All(a => Holds(a!)),
            "Fn::Contains" => ((JsonArray)argument![0]!).Any(a => (string?)a == (string?)Resolve(argument[1])),
            _ => throw new RefusedException($"{function} is not a condition function"),
        };
    }

    /// <summary>null means AWS::NoValue: the property or element is omitted.</summary>
    private JsonNode? Resolve(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            return new JsonArray([.. array.Select(Resolve).Where(n => n is not null)]);
        }

        if (node is not JsonObject map)
        {
            return node?.DeepClone();
        }

        if (map.Count == 1)
        {
            var (function, argument) = map.Single();
            switch (function)
            {
                case "Ref": return (string)argument! == "AWS::NoValue" ? null : Reference((string)argument!);
                case "Fn::GetAtt": return $"{Reference((string)argument![0]!)}.{argument[1]}";
                case "Fn::Sub": return argument is JsonArray both
                    ? Substitute((string)both[0]!, (JsonObject)Resolve(both[1])!)
                    : Substitute((string)argument!, []);
                case "Fn::Split": return new JsonArray(
                    [.. ((string)Resolve(argument![1])!).Split((string)argument[0]!).Select(piece => (JsonNode)piece)]);
                case "Fn::Select": return ((JsonArray)Resolve(argument![1])!)[int.Parse(
                    (string)argument[0]!, CultureInfo.InvariantCulture)]!.DeepClone();
                case "Fn::Join": return string.Join(
                    (string)argument![0]!, ((JsonArray)Resolve(argument[1])!).Select(piece => (string)piece!));
                case "Fn::If": return Resolve(argument![Holds(Body["Conditions"]![(string)argument[0]!]!) ? 1 : 2]);
                default: break;
            }
        }

        return new JsonObject(
            map.Select(e => KeyValuePair.Create(e.Key, Resolve(e.Value))).Where(e => e.Value is not null));
    }

    /// <param name="text">The text with its references.</param>
    /// <param name="own">The values that the function itself gives.</param>
    private string Substitute(string text, JsonObject own) => Regex.Replace(
        text,
        @"\$\{(?<literal>!?)(?<name>[^}.]+)(?<attribute>[.][^}]+)?\}",
        m => m.Groups["literal"].Length > 0 ? $"${{{m.Groups["name"].Value}}}"
            : (string?)own[m.Groups["name"].Value]
                ?? Reference(m.Groups["name"].Value) + m.Groups["attribute"].Value,
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(1));

    /// <summary>A parameter's value, or a resource's logical id if the stack has the resource.</summary>
    private string Reference(string name)
    {
        if (Pseudo.TryGetValue(name, out string? value) || _parameters.TryGetValue(name, out value))
        {
            return value;
        }

        var resource = Body["Resources"]![name]
            ?? throw new RefusedException($"{name} is neither a parameter nor a resource");
        return IsPresent(resource) ? name : throw new RefusedException($"{name} is referred to but absent");
    }
}

/// <summary>A refusal by CloudFormation, with the parameter or rule.</summary>
internal sealed class RefusedException(string message) : Exception(message);

/// <summary>
/// Resources and outputs for one set of parameters. A resource's Ref is its logical id, an attribute
/// <c>Id.Attribute</c>.
/// </summary>
internal sealed record Stack(JsonObject Resources, JsonObject Outputs)
{
    public JsonObject Properties(string resource) => (JsonObject)Resources[resource]!["Properties"]!;

    public IEnumerable<string> Names => Resources.Select(r => r.Key);

    public IEnumerable<string> OfType(string type) =>
        Resources.Where(r => (string?)r.Value!["Type"] == type).Select(r => r.Key);
}
