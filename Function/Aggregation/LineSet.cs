using System.Runtime.InteropServices;

namespace CloudTrailAggregation.Aggregation;

/// <summary>
/// A set of lines known by hash and length: open addressing in native memory, in partitions that grow one at a time,
/// by a quarter, so that growing never doubles the whole. 20 bytes a place, 25 to 31 bytes a line.
/// </summary>
internal sealed unsafe class LineSet : IDisposable
{
    private const int Partitions = 256;
    private const int FirstCapacity = 16;

    private readonly Partition[] _partitions = new Partition[Partitions];

    /// <summary>Adds a line.</summary>
    /// <returns>False if it was there.</returns>
    public bool Add(UInt128 hash, int length)
    {
        hash = Marked(hash);
        return PartitionOf(hash).Add(hash, length);
    }

    public bool Contains(UInt128 hash, int length)
    {
        hash = Marked(hash);
        ref var partition = ref PartitionOf(hash);
        return partition.Count > 0 && partition.Find(hash, length, out _);
    }

    /// <summary>Forgets all lines and gives the memory back.</summary>
    public void Clear()
    {
        foreach (ref var partition in _partitions.AsSpan())
        {
            partition.Free();
        }
    }

    public void Dispose() => Clear();

    /// <summary>All zeros mean an empty place.</summary>
    private static UInt128 Marked(UInt128 hash) => hash == UInt128.Zero ? UInt128.One : hash;

    private ref Partition PartitionOf(UInt128 hash) => ref _partitions[(int)(hash >> 120)];

    private struct Partition
    {
        private UInt128* _hashes;
        private int* _lengths;
        private int _capacity;

        public int Count { get; private set; }

        public bool Add(UInt128 hash, int length)
        {
            // At four fifths full a search still looks at few places.
            if ((Count + 1) * 5L > _capacity * 4L)
            {
                Grow();
            }

            if (Find(hash, length, out int place))
            {
                return false;
            }

            _hashes[place] = hash;
            _lengths[place] = length;
            Count++;
            return true;
        }

        public readonly bool Find(UInt128 hash, int length, out int place)
        {
            place = (int)(((ulong)(uint)hash * (uint)_capacity) >> 32);
            while (_hashes[place] != UInt128.Zero)
            {
                if (_hashes[place] == hash && _lengths[place] == length)
                {
                    return true;
                }

                place = place + 1 == _capacity ? 0 : place + 1;
            }

            return false;
        }

        public void Free()
        {
            NativeMemory.Free(_hashes);
            NativeMemory.Free(_lengths);
            this = default;
        }

        private void Grow()
        {
            var old = this;
            _capacity = Math.Max(FirstCapacity, _capacity + (_capacity / 4));
            _hashes = (UInt128*)NativeMemory.AllocZeroed((nuint)_capacity, (nuint)sizeof(UInt128));
            _lengths = (int*)NativeMemory.Alloc((nuint)_capacity, sizeof(int));
            Count = 0;
            for (int place = 0; place < old._capacity; place++)
            {
                if (old._hashes[place] != UInt128.Zero)
                {
                    _ = Add(old._hashes[place], old._lengths[place]);
                }
            }

            old.Free();
        }
    }
}
