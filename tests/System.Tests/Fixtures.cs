using CloudTrailAggregation.Tests.Aggregation;
using CloudTrailAggregation.Tests.Storage;
using Xunit;

[assembly: AssemblyFixture(typeof(S3Server))]
[assembly: AssemblyFixture(typeof(Hyparquet))]
