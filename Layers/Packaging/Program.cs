using System.Security.Cryptography;
using CloudTrailAggregation.Layers;

const string Usage = """
    check LAYER [FUNCTION]          reports what would keep LAYER from running, alone or with FUNCTION (zips or
                                    directories)
    layer DIR ZIP                   zips the layer in DIR, checks it, and lists its files, also in a .contents.txt file
    function DIR ZIP aws|stand-in   the same for the published function in DIR
    """;

try
{
    switch (args)
    {
        case ["check", var layer]: return Report(layer, LayerCheck.Run(layer, null));
        case ["check", var layer, var function]: return Report(layer, LayerCheck.Run(layer, function));
        case ["layer", var directory, var zip]: return Pack(directory, zip, () => LayerCheck.Run(zip, null));
        case ["function", var directory, var zip, "aws" or "stand-in"]:
            return Pack(directory, zip, () => FunctionCheck.Run(zip, standInAllowed: args[3] == "stand-in"));
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}
catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}

static int Pack(string directory, string zip, Func<List<string>> check)
{
    ReproducibleZip.Write(directory, zip);
    int result = Report(zip, check());
    if (result != 0)
    {
        File.Delete(zip);
        return result;
    }

    var package = new Package(zip);
    File.WriteAllLines(Path.ChangeExtension(zip, ".contents.txt"), package.Sums());
    foreach (string path in package.Paths)
    {
        List(package.Find(path)!, path);
    }

    List(File.ReadAllBytes(zip), Path.GetFileName(zip));
    return 0;
}

static void List(byte[] file, string path) =>
    Console.WriteLine($"{Convert.ToHexStringLower(SHA256.HashData(file))} {file.LongLength,11:N0} {path}");

static int Report(string path, IReadOnlyCollection<string> reasons)
{
    foreach (string reason in reasons)
    {
        Console.Error.WriteLine($"{path}: {reason}");
    }

    return reasons.Count == 0 ? 0 : 1;
}
