using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.Storage;

namespace CloudTrailAggregation.Tests.Local;

public sealed class CheckInS3(S3Server server) : CheckTests(new S3MonthStores(server));
