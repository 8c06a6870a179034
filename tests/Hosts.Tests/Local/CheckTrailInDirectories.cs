using CloudTrailAggregation.Tests.Aggregation;

namespace CloudTrailAggregation.Tests.Local;

public sealed class CheckTrailInDirectories() : CheckTrailTests(new DirectoryMonthStores());
