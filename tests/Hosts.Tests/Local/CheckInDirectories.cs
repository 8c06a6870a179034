using CloudTrailAggregation.Tests.Aggregation;

namespace CloudTrailAggregation.Tests.Local;

public sealed class CheckInDirectories() : CheckTests(new DirectoryMonthStores());
