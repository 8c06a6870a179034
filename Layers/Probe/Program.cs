using ParquetSharp;

// Loads ParquetSharp and its native library from the layer, writes a Parquet file with it and reads it back. Fails if a
// library comes from anywhere but the store in the argument, because another copy on this machine proves nothing.
const string Message = "written and read back";
string store = Path.GetFullPath(args[0]);
using var bytes = new MemoryStream();

using (var writer = new ParquetFileWriter(bytes, [new Column<string>("message")], leaveOpen: true))
{
    using (var rowGroup = writer.AppendRowGroup())
    using (var column = rowGroup.NextColumn().LogicalWriter<string>())
    {
        column.WriteBatch([Message]);
    }

    writer.Close();
}

bytes.Position = 0;
using var reader = new ParquetFileReader(bytes);
using var readGroup = reader.RowGroup(0);
using var readColumn = readGroup.Column(0).LogicalReader<string>();
string? read = readColumn.ReadAll(1)[0];

string[] loaded =
[
    typeof(Column).Assembly.Location,
    .. File.ReadLines("/proc/self/maps")
        .Where(line => line.EndsWith("ParquetSharpNative.so", StringComparison.Ordinal)),
];
string[] strays = loaded.Where(path => !path.Contains(store, StringComparison.Ordinal)).ToArray();
if (read != Message || loaded.Length < 2 || strays.Length > 0)
{
    Console.Error.WriteLine($"{store}: read back \"{read}\"; loaded from elsewhere: {string.Join(", ", strays)}");
    return 1;
}

var library = typeof(Column).Assembly.GetName();
Console.WriteLine($"{library.Name} {library.Version}, {bytes.Length} bytes of Parquet {Message}");
return 0;
