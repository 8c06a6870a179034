namespace CloudTrailAggregation.Tests.Aggregation;

// The tests of a month that both kinds of store have, in directories; System.Tests has them in S3.

public sealed class AbortedRunsInDirectories() : AbortedRunTests(new DirectoryMonthStores());

public sealed class ChangingSourcesInDirectories() : ChangingSourceTests(new DirectoryMonthStores());

/// <summary>Damages every place, because a run in a directory is fast.</summary>
public sealed class DamagedSourcesInDirectories() : DamagedSourceTests(new DirectoryMonthStores(), step: 1);

public sealed class SkippedDamageInDirectories() : SkippedDamageTests(new DirectoryMonthStores());

public sealed class DuplicatesInDirectories() : DuplicateTests(new DirectoryMonthStores());

public sealed class EarlierRejectsInDirectories() : EarlierRejectTests(new DirectoryMonthStores());

public sealed class EmptyMonthsInDirectories() : EmptyMonthTests(new DirectoryMonthStores());

public sealed class FingerprintsInDirectories() : FingerprintTests(new DirectoryMonthStores());

public sealed class NeverShrinkInDirectories() : NeverShrinkTests(new DirectoryMonthStores());

public sealed class OddEventsInDirectories() : OddEventTests(new DirectoryMonthStores());

public sealed class OutsideMonthInDirectories() : OutsideMonthTests(new DirectoryMonthStores());

public sealed class RecordsFilesInDirectories() : RecordsFileTests(new DirectoryMonthStores());

public sealed class RejectsInDirectories() : RejectTests(new DirectoryMonthStores());

public sealed class RerunsInDirectories() : RerunTests(new DirectoryMonthStores());

public sealed class RowsPerFileInDirectories() : RowsPerFileTests(new DirectoryMonthStores());

public sealed class SourceKeysInDirectories() : SourceKeyTests(new DirectoryMonthStores());

public sealed class SelectionsInDirectories() : SelectionTests(new DirectoryMonthStores());

public sealed class DryRunsInDirectories() : DryRunTests(new DirectoryMonthStores());

public sealed class DayUnitsInDirectories() : DayUnitTests(new DirectoryMonthStores());

public sealed class DayRerunsInDirectories() : DayRerunTests(new DirectoryMonthStores());

public sealed class TrailDaysInDirectories() : TrailDayTests(new DirectoryMonthStores());

public sealed class TrailPlacesInDirectories() : TrailPlaceTests(new DirectoryMonthStores());

public sealed class RealTrailsInDirectories() : RealTrailTests(new DirectoryMonthStores());

public sealed class RealMonthsInDirectories() : RealMonthTests(new DirectoryMonthStores());

public sealed class UnchangedInDirectories() : UnchangedTests(new DirectoryMonthStores());

public sealed class OtherRunsInDirectories() : OtherRunTests(new DirectoryMonthStores());
