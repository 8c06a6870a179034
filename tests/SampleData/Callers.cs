using System.Text;

namespace CloudTrailAggregation.SampleData;

/// <summary>The kinds of identity that CloudTrail knows.</summary>
internal enum Caller
{
    /// <summary>A role that a function or an instance assumes.</summary>
    Workload,

    /// <summary>A person: single sign-on or an IAM user, in the console or at a command line.</summary>
    Person,

    /// <summary>An IAM user, who signs in to the console with a password.</summary>
    IamUser,

    /// <summary>A pipeline's role.</summary>
    Deployer,

    /// <summary>An AWS service on the account's behalf.</summary>
    Service,

    /// <summary>A service event, which has no caller.</summary>
    ServiceEvent,
    Root,

    /// <summary>A principal of another account.</summary>
    OtherAccount,

    /// <summary>An anonymous caller of public objects.</summary>
    Anonymous,

    /// <summary>A pipeline with an OpenID Connect token.</summary>
    WebIdentity,
}

/// <summary>
/// Draws the actors of an organization. <c>{name}</c> is filled once for an actor, <c>@{name}</c> for each event
/// (no name is both).
/// </summary>
internal sealed class Callers(Organization organization, ulong seed)
{
    private const string AssumedArn = "arn:aws:sts::{account}:assumed-role/{role}/{session}";
    private const string UserArn = "arn:aws:iam::{account}:user/{person}";
    private const string RootArn = "arn:aws:iam::{account}:root";

    private const string Session = """
        "sessionContext": {
          "sessionIssuer": {issuer}{federation},
          "attributes": {"creationDate": "@{sessionStart}", "mfaAuthenticated": "{mfa}"}
        }
        """;

    private const string RoleIdentity = $$"""
        {
          "type": "AssumedRole", "principalId": "{roleId}:{session}", "arn": "{{AssumedArn}}",
          "accountId": "{account}", "accessKeyId": "@{sessionKey}", {{Session}}@{via}
        }
        """;

    private const string RoleIssuer = """
        {
          "type": "Role", "principalId": "{roleId}", "arn": "arn:aws:iam::{account}:role/{path}{role}",
          "accountId": "{account}", "userName": "{role}"
        }
        """;

    private const string UserIdentity = $$"""
        {
          "type": "IAMUser", "principalId": "{userId}", "arn": "{{UserArn}}",
          "accountId": "{account}", "accessKeyId": "{accessKey}", "userName": "{person}"@{via}
        }
        """;

    private const string RootIdentity = $$"""
        {
          "type": "Root", "principalId": "{account}", "arn": "{{RootArn}}",
          "accountId": "{account}", "accessKeyId": "@{sessionKey}", {{Session}}@{via}
        }
        """;

    private const string WebIdentity = """
        {
          "type": "WebIdentityUser", "userName": "repo:{repository}:ref:refs/heads/main",
          "principalId":
          "arn:aws:iam::{account}:oidc-provider/token.actions.example.com:sts.amazonaws.com:repo:{repository}:ref:refs/heads/main",
          "identityProvider": "arn:aws:iam::{account}:oidc-provider/token.actions.example.com"
        }
        """;

    private const string PartnerIdentity = """
        {"type": "AWSAccount", "principalId": "{roleId}:{function}", "accountId": "{otherAccount}"}
        """;

    private readonly Template _shared = new(""", "sharedEventID": "@{uuid}" """, organization);
    private readonly Template _console = new(""", "sessionCredentialFromConsole": "true" """, organization);
    private readonly Template[] _endpoints =
    [
        new(""", "vpcEndpointId": "@{endpointId}" """, organization),
        new(""", "vpcEndpointId": "@{endpointId}", "vpcEndpointAccountId": "@{account}" """, organization),
    ];

    private readonly Template[] _tls =
    [
        Tls("TLSv1.3", "TLS_AES_128_GCM_SHA256", organization),
        Tls("TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", organization),
    ];

    private Dice _dice = new(seed);

    public Dictionary<Caller, Actor[]> All()
    {
        Actor[] users =
        [
            .. Draw(14, () => Insider(UserIdentity, UserArn, Words.CommandLines)),
            .. Draw(6, () => Insider(UserIdentity, UserArn, Words.Browsers, console: true)),
        ];
        return new()
        {
            [Caller.Workload] = Draw(160, Workload),
            [Caller.Person] =
                [.. Draw(24, () => SignedOn(console: true)), .. users, .. Draw(16, () => SignedOn(console: false))],
            [Caller.IamUser] = users,
            [Caller.Deployer] = Draw(10, () => Role("deploy-{service}", "pipeline", Words.Deployers)),
            [Caller.Service] = Draw(
                7, () => Outsider("""{"type": "AWSService", "invokedBy": "@{viaName}"}""", _shared)),
            [Caller.ServiceEvent] = Draw(
                7, () => Outsider("""{"accountId": "{account}", "invokedBy": "@{viaName}"}""")),
            [Caller.Root] = Draw(
                3, () => Insider(RootIdentity, RootArn, Words.Browsers, console: true, values: ("issuer", "{}"))),
            [Caller.OtherAccount] = Draw(6, () => Outsider(PartnerIdentity, _shared)),
            [Caller.Anonymous] = Draw(
                4, () => Outsider("""{"type": "AWSAccount", "principalId": "", "accountId": "anonymous"}""")),
            [Caller.WebIdentity] = Draw(5, () => Insider(WebIdentity, "repo:{repository}", Words.Libraries)),
        };
    }

    private static readonly string[] PermissionSets = ["ReadOnlyAccess", "PowerUserAccess", "AdministratorAccess"];

    private static Template Tls(string version, string cipher, Organization organization) => new(
        $$""", "tlsDetails": {"tlsVersion": "{{version}}", "cipherSuite": "{{cipher}}", "clientProvidedHostHeader": "@{host}"}""",
        organization);

    private static Actor[] Draw(int count, Func<Actor> draw) => [.. Enumerable.Range(0, count).Select(_ => draw())];

    private Actor Workload() => _dice.Below(4) switch
    {
        0 => Insider(UserIdentity, UserArn, Words.Libraries, values: ("person", "svc-{service}")),
        1 => Role("ec2-{service}-role", "{instance}", Words.Libraries),
        _ => Role("lambda-{service}-role", "{function}", Words.Libraries),
    };

    private Actor Role(string role, string session, string[] agents) =>
        Insider(
            RoleIdentity, AssumedArn, agents,
            values: [("issuer", RoleIssuer), ("session", session), ("role", role), ("path", "")]);

    private Actor SignedOn(bool console) => Insider(
        RoleIdentity, AssumedArn, console ? Words.Browsers : Words.CommandLines, console,
        ("issuer", RoleIssuer), ("session", "{person}@meridian.example"), ("role", "AWSReservedSSO_{permissionSet}"),
        ("path", "aws-reserved/sso.amazonaws.com/eu-central-1/"));

    /// <summary>A caller with its address, user agent and TLS.</summary>
    private Actor Insider(
        string identity, string arn, string[] agents, bool console = false, params (string Name, string Value)[] values)
    {
        bool isPerson = console || agents == Words.CommandLines;
        bool isPrivate = !isPerson && _dice.Below(3) == 0;
        string addresses = isPrivate ? "privateIp" : _dice.Below(6) == 0 ? "ipv6" : "publicIp";
        (string, string)[] all = [.. values, .. DrawValues(isPerson)];
        return new Actor
        {
            Hash = _dice.Next(),
            Account = organization.Encode(Fill("{account}", all)),
            Identity = new Template(Fill(identity, all), organization),
            Arn = organization.Encode(Fill(arn, all)),
            Addresses = [.. Enumerable.Range(0, 2).Select(_ => _dice.Pick<byte[]>(organization.Pool(addresses)))],
            Agents = [.. Enumerable.Range(0, 2).Select(_ => organization.Encode(_dice.Pick<string>(agents)))],
            HomeRegion = HomeRegion(),
            SessionHours = isPerson ? 8 : 1,
            Endpoint = isPrivate ? _endpoints[_dice.Skewed(2)] : null,
            Tls = _dice.Below(4) == 0 ? null : _tls[_dice.Skewed(2)],
            Console = console ? _console : null,
        };
    }

    /// <summary>
    /// A caller of which the account's trail shows little: a service, another account, or an anonymous caller.
    /// </summary>
    private Actor Outsider(string identity, Template? shared = null)
    {
        var values = DrawValues(isPerson: false);
        return new Actor
        {
            Hash = _dice.Next(),
            Account = organization.Encode(Fill("{account}", values)),
            Identity = new Template(Fill(identity, values), organization),
            Arn = "anonymous"u8.ToArray(),
            Addresses = [_dice.Pick<byte[]>(organization.Pool("publicIp"))],
            Agents = [organization.Encode(_dice.Pick<string>(Words.Libraries))],
            HomeRegion = HomeRegion(),
            Shared = shared,
        };
    }

    private static string Fill(string text, (string Name, string Value)[] values) =>
        values.Aggregate(
            text, (filled, value) => filled.Replace($"{{{value.Name}}}", value.Value, StringComparison.Ordinal));

    private (string Name, string Value)[] DrawValues(bool isPerson) =>
    [
        .. new[] { "person", "service", "function", "instance", "repository" }.Select(pool => (pool, One(pool))),
        ("account", Skewed("accountId")), ("otherAccount", One("otherAccountId")),
        ("permissionSet", _dice.Pick<string>(PermissionSets) + $"_{_dice.Next():x16}"),
        ("roleId", "AROA" + Id()), ("userId", "AIDA" + Id()), ("accessKey", "AKIA" + Id()[1..]),
        // Older services still write the empty member.
        ("federation", _dice.Below(3) == 0 ? ", \"webIdFederationData\": {}" : ""),
        ("mfa", isPerson && _dice.Below(8) > 0 ? "true" : "false"),
    ];

    private byte[] HomeRegion() =>
        organization.Pool("regionName")[_dice.Skewed(organization.Pool("regionName").Length)];

    private string One(string pool) => Encoding.ASCII.GetString(_dice.Pick<byte[]>(organization.Pool(pool)));

    private string Skewed(string pool) =>
        Encoding.ASCII.GetString(organization.Pool(pool)[_dice.Skewed(organization.Pool(pool).Length)]);

    private string Id() =>
        string.Concat(Enumerable.Range(0, 17).Select(_ => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[_dice.Below(32)]));
}
