using System.Numerics;
using System.Runtime.InteropServices;

namespace CloudTrailAggregation.Events;

/// <summary>
/// The hashes of the names of one event: a set of up to a given number. It is in native memory and freed at once,
/// because an event may have millions of members: a managed set of that size for each event would be garbage that the
/// collector leaves for a while.
/// </summary>
internal readonly unsafe ref struct NameHashes
{
    private readonly UInt128* _places;
    private readonly uint _mask;

    /// <param name="maxHashes">The maximum number of hashes.</param>
    public NameHashes(int maxHashes)
    {
        // At most two thirds of the places are taken, so a search inspects few of them.
        _mask = BitOperations.RoundUpToPowerOf2((uint)maxHashes + ((uint)maxHashes / 2) + 1) - 1;
        _places = (UInt128*)NativeMemory.AllocZeroed(_mask + 1, (nuint)sizeof(UInt128));
    }

    /// <summary>Adds a hash.</summary>
    /// <returns>False if the set contains it already.</returns>
    public bool Add(UInt128 hash)
    {
        hash = hash == UInt128.Zero ? UInt128.One : hash; // 0 marks an empty place.
        uint place = (uint)hash & _mask;
        while (_places[place] != UInt128.Zero)
        {
            if (_places[place] == hash)
            {
                return false;
            }

            place = (place + 1) & _mask;
        }

        _places[place] = hash;
        return true;
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose() => NativeMemory.Free(_places);
}
