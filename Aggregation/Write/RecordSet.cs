using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace CloudTrailAggregation.Write;

/// <summary>
/// A set of records identified by hash and length: open addressing in native memory, in 256 partitions. A full
/// partition grows alone and by a quarter, so that growing never doubles the whole set. A place takes 20 bytes, so a
/// record takes 25 bytes in a full partition and 31 in one that has just grown.
/// </summary>
internal sealed unsafe class RecordSet : IDisposable
{
    private const int Partitions = 256;
    private const int FirstCapacity = 16;

    private readonly Partition[] _partitions = new Partition[Partitions];

    /// <summary>Adds a record.</summary>
    /// <returns>False if the set contained it already.</returns>
    public bool Add(UInt128 hash, int length)
    {
        hash = NonZero(hash);
        return PartitionOf(hash).Add(hash, length);
    }

    /// <summary>Whether the set contains a record.</summary>
    public bool Contains(UInt128 hash, int length)
    {
        hash = NonZero(hash);
        ref var partition = ref PartitionOf(hash);
        return partition.Count > 0 && partition.Find(hash, length)->Hash == hash;
    }

    /// <summary>
    /// Starts to load the record's place into the cache, on processors whose instruction for it .NET has: x86.
    /// </summary>
    public void Prefetch(UInt128 hash)
    {
        if (Sse.IsSupported)
        {
            hash = NonZero(hash);
            Sse.Prefetch0(PartitionOf(hash).FirstPlaceOf(hash));
        }
    }

    /// <summary>Removes all records and keeps the memory, because days have similar numbers of records.</summary>
    public void Clear()
    {
        foreach (ref var partition in _partitions.AsSpan())
        {
            partition.Clear();
        }
    }

    public void Dispose()
    {
        foreach (ref var partition in _partitions.AsSpan())
        {
            partition.Free();
        }
    }

    /// <summary>Replaces the hash 0, which marks an empty place.</summary>
    private static UInt128 NonZero(UInt128 hash) => hash == UInt128.Zero ? UInt128.One : hash;

    private ref Partition PartitionOf(UInt128 hash) => ref _partitions[(int)(hash >> 120)];

    /// <summary>
    /// A place for a record; its hash is 0 while it is empty. Packed, so that most places are within one cache line.
    /// </summary>
    [StructLayout(LayoutKind.Sequential, Pack = sizeof(int))]
    private struct Place
    {
        public UInt128 Hash;
        public int Length;
    }

    private struct Partition
    {
        private Place* _places;
        private int _capacity;

        public int Count { get; private set; }

        public bool Add(UInt128 hash, int length)
        {
            // Grow at four fifths: up to there a search inspects few places.
            if ((Count + 1) * 5L > _capacity * 4L)
            {
                Grow();
            }

            var place = Find(hash, length);
            if (place->Hash == hash)
            {
                return false;
            }

            *place = new Place { Hash = hash, Length = length };
            Count++;
            return true;
        }

        /// <summary>Where a search for the record starts; null while there is no place.</summary>
        public readonly Place* FirstPlaceOf(UInt128 hash) =>
            _places + (int)(((ulong)(uint)hash * (uint)_capacity) >> 32);

        /// <summary>Finds the record's place, or the empty place where it belongs.</summary>
        public readonly Place* Find(UInt128 hash, int length)
        {
            var place = FirstPlaceOf(hash);
            while (place->Hash != UInt128.Zero && (place->Hash != hash || place->Length != length))
            {
                place = ++place == _places + _capacity ? _places : place;
            }

            return place;
        }

        public void Clear()
        {
            NativeMemory.Clear(_places, (nuint)_capacity * (nuint)sizeof(Place));
            Count = 0;
        }

        public void Free()
        {
            NativeMemory.Free(_places);
            this = default;
        }

        private void Grow()
        {
            var old = this;
            int capacity = Math.Max(FirstCapacity, _capacity + (_capacity / 4));
            _places = (Place*)NativeMemory.AllocZeroed((nuint)capacity, (nuint)sizeof(Place));
            _capacity = capacity;
            Count = 0;
            for (var place = old._places; place < old._places + old._capacity; place++)
            {
                if (place->Hash != UInt128.Zero)
                {
                    _ = Add(place->Hash, place->Length);
                }
            }

            old.Free();
        }
    }
}
