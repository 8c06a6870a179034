using CloudTrailAggregation.Aggregation;
using CloudTrailAggregation.CloudTrail;
using CloudTrailAggregation.Storage;
_ = Month.TryParse(args[2], out var month);
var r = await new MonthAggregation(new DirectoryStore(args[0]), new DirectoryStore(args[1]), new AggregationOptions{Threads=int.Parse(args[3])}, TimeProvider.System).RunAsync(month, default);
Console.WriteLine(System.Text.Json.JsonSerializer.Serialize(r));
return 0;
