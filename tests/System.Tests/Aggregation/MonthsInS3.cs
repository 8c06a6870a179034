using CloudTrailAggregation.Tests.Storage;

namespace CloudTrailAggregation.Tests.Aggregation;

// The tests of a month that both kinds of store have, in S3; Aggregation.Tests has them in directories.

public sealed class AbortedRunsInS3(S3Server server) : AbortedRunTests(new S3MonthStores(server));

public sealed class ChangingSourcesInS3(S3Server server) : ChangingSourceTests(new S3MonthStores(server));

/// <summary>Damages every tenth place only, because a run in S3 is slower.</summary>
public sealed class DamagedSourcesInS3(S3Server server) : DamagedSourceTests(new S3MonthStores(server), step: 10);

public sealed class SkippedDamageInS3(S3Server server) : SkippedDamageTests(new S3MonthStores(server));

public sealed class DuplicatesInS3(S3Server server) : DuplicateTests(new S3MonthStores(server));

public sealed class EarlierRejectsInS3(S3Server server) : EarlierRejectTests(new S3MonthStores(server));

public sealed class EmptyMonthsInS3(S3Server server) : EmptyMonthTests(new S3MonthStores(server));

public sealed class FingerprintsInS3(S3Server server) : FingerprintTests(new S3MonthStores(server));

public sealed class NeverShrinkInS3(S3Server server) : NeverShrinkTests(new S3MonthStores(server));

public sealed class OddEventsInS3(S3Server server) : OddEventTests(new S3MonthStores(server));

public sealed class OutsideMonthInS3(S3Server server) : OutsideMonthTests(new S3MonthStores(server));

public sealed class RecordsFilesInS3(S3Server server) : RecordsFileTests(new S3MonthStores(server));

public sealed class RejectsInS3(S3Server server) : RejectTests(new S3MonthStores(server));

public sealed class RerunsInS3(S3Server server) : RerunTests(new S3MonthStores(server));

public sealed class RowsPerFileInS3(S3Server server) : RowsPerFileTests(new S3MonthStores(server));

public sealed class SourceKeysInS3(S3Server server) : SourceKeyTests(new S3MonthStores(server));

public sealed class SelectionsInS3(S3Server server) : SelectionTests(new S3MonthStores(server));

public sealed class DryRunsInS3(S3Server server) : DryRunTests(new S3MonthStores(server));

public sealed class DayUnitsInS3(S3Server server) : DayUnitTests(new S3MonthStores(server));

public sealed class DayRerunsInS3(S3Server server) : DayRerunTests(new S3MonthStores(server));

public sealed class TrailDaysInS3(S3Server server) : TrailDayTests(new S3MonthStores(server));

public sealed class TrailPlacesInS3(S3Server server) : TrailPlaceTests(new S3MonthStores(server));

public sealed class RealTrailsInS3(S3Server server) : RealTrailTests(new S3MonthStores(server));

public sealed class RealMonthsInS3(S3Server server) : RealMonthTests(new S3MonthStores(server));

public sealed class UnchangedInS3(S3Server server) : UnchangedTests(new S3MonthStores(server));

public sealed class OtherRunsInS3(S3Server server) : OtherRunTests(new S3MonthStores(server));
