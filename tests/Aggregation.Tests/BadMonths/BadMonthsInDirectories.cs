using CloudTrailAggregation.Tests.Aggregation;

namespace CloudTrailAggregation.Tests.BadMonths;

public sealed class LostAnswersInDirectories() : LostAnswerTests(new DirectoryMonthStores());

public sealed class OddKeysInDirectories() : OddKeyTests(new DirectoryMonthStores());
