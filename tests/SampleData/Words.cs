namespace CloudTrailAggregation.SampleData;

/// <summary>
/// The words of invented names. Public addresses are from the networks reserved for documentation
/// (RFC 5737, RFC 3849).
/// </summary>
internal static class Words
{
    public const string Company = "meridian";

    public static readonly string[] Stages = ["prod", "prod", "staging", "dev", "shared"];
    public static readonly string[] Domains =
        [
            "orders", "billing", "catalog", "checkout", "ledger", "tracking", "pricing", "customers", "search",
            "routing", "warehouse", "returns", "claims", "fleet",
        ];
    public static readonly string[] Components =
        [
            "api", "worker", "ingest", "export", "scheduler", "gateway", "indexer", "notifier", "reporting", "sync",
            "loader", "web",
        ];
    public static readonly string[] Verbs =
        ["process", "enrich", "archive", "deliver", "validate", "reconcile", "publish", "merge", "resize", "audit"];
    public static readonly string[] Stores =
        ["data", "events", "backup", "assets", "logs", "exports", "reports", "landing"];
    public static readonly string[] Settings =
        ["db-password", "api-token", "endpoint-url", "feature-flags", "signing-key", "smtp", "oauth-client"];
    public static readonly string[] Regions =
        ["eu-central-1", "us-east-1", "eu-west-1", "us-west-2", "eu-north-1", "ap-southeast-2", "sa-east-1"];
    public static readonly string[] PublicNetworks = ["192.0.2", "198.51.100", "203.0.113"];

    public static readonly string[] GivenNames =
        [
            "anna", "ben", "carla", "dmitri", "elena", "farid", "grace", "hugo", "ines", "jonas", "keiko", "lars",
            "maria", "noor", "otto", "priya",
        ];
    public static readonly string[] FamilyNames =
        [
            "adler", "brandt", "costa", "diaz", "eriksen", "fischer", "garcia", "haddad", "ivanova", "jensen", "klein",
            "lindqvist", "moreau", "novak",
        ];
    public static readonly string[] DisplayGivenNames =
        ["Zoë", "Jürgen", "Søren", "Noël", "Małgorzata", "François", "Иван", "美咲", "Anna", "Hugo"];
    public static readonly string[] DisplayFamilyNames =
        ["Müller", "Ångström", "Łukasiewicz", "Peña", "Петров", "山田", "O'Neill", "Çelik", "Novak"];
    public static readonly string[] Notes =
    [
        "Nightly export", "Größere Maschinen für den Monatsabschluss", "temporary, remove after the migration",
        "accès en lecture seule", "\\\"quoted\\\" by the ticket system", "cleanup 🧹 of old snapshots", "第2四半期のバックアップ",
        "first line\\nsecond line", "C:\\\\exports\\\\daily", "cost centre 4711 – café", "tab\\tseparated",
    ];

    public static readonly string[] Browsers =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 "
        + "Safari/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 "
        + "Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64; rv:122.0) Gecko/20100101 Firefox/122.0", "AWS Internal",
    ];
    public static readonly string[] CommandLines =
    [
        "aws-cli/2.15.17 Python/3.11.6 Darwin/23.2.0 exe/x86_64 prompt/off command/ec2.describe-instances",
        "aws-cli/2.15.10 Python/3.11.6 Linux/5.15.0-92-generic exe/x86_64.ubuntu.22 prompt/off command/s3.ls",
        "aws-cli/1.32.30 md/Botocore#1.34.30 ua/2.0 os/windows#10 md/arch#amd64 lang/python#3.8.10 md/pyimpl#CPython "
        + "cfg/retry-mode#legacy botocore/1.34.30",
    ];
    public static readonly string[] Libraries =
    [
        "Boto3/1.34.34 md/Botocore#1.34.34 ua/2.0 os/linux#5.10.205-195.807.amzn2.x86_64 md/arch#x86_64 "
        + "lang/python#3.12.1 md/pyimpl#CPython exec-env/AWS_Lambda_python3.12 cfg/retry-mode#standard "
        + "Botocore/1.34.34",
        "aws-sdk-java/2.23.9 Linux/5.10.201-191.748.amzn2.x86_64 OpenJDK_64-Bit_Server_VM/17.0.9+9-LTS Java/17.0.9 "
        + "vendor/Amazon.com_Inc. io/sync http/Apache cfg/retry-mode/legacy",
        "aws-sdk-go-v2/1.24.1 os/linux lang/go#1.21.6 md/GOOS#linux md/GOARCH#arm64 api/sqs#1.29.7",
        "aws-sdk-js/3.504.0 ua/2.0 os/linux#5.10.205 lang/js md/nodejs#18.19.0 api/dynamodb#3.504.0 "
        + "exec-env/AWS_Lambda_nodejs18.x",
        "aws-sdk-dotnet-coreclr/3.7.305.8 aws-sdk-dotnet-core/3.7.302.5 .NET_Core/8.0.1 OS/Linux_5.10.205 ClientAsync",
        "aws-sdk-java/1.12.639 Linux/5.10.205-195.807.amzn2.x86_64 OpenJDK_64-Bit_Server_VM/11.0.22+7-LTS java/11.0.22 "
        + "vendor/Eclipse_Adoptium cfg/retry-mode/standard",
    ];
    public static readonly string[] Deployers =
    [
        "APN/1.0 HashiCorp/1.0 Terraform/1.7.2 (+https://www.terraform.io) terraform-provider-aws/5.34.0 "
        + "(+https://providers.example/hashicorp/aws) aws-sdk-go-v2/1.24.1 os/linux lang/go#1.20.12 md/GOOS#linux "
        + "md/GOARCH#amd64 api/iam#1.28.7",
        "APN/1.0 HashiCorp/1.0 Terraform/1.5.7 (+https://www.terraform.io) terraform-provider-aws/4.67.0 "
        + "(+https://providers.example/hashicorp/aws) aws-sdk-go/1.44.261 (go1.19.8; linux; amd64)",
        "aws-cdk/2.126.0 aws-sdk-js/2.1539.0 linux/v20.11.0 promise",
    ];
}
