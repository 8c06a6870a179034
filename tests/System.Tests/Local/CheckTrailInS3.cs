using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.Storage;

namespace CloudTrailAggregation.Tests.Local;

public sealed class CheckTrailInS3(S3Server server) : CheckTrailTests(new S3MonthStores(server));
