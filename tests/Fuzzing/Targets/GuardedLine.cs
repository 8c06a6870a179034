using System.Runtime.InteropServices;
using CloudTrailAggregation.Events;
using CloudTrailAggregation.Framing;
using CloudTrailAggregation.Json;

namespace CloudTrailAggregation.Fuzzing.Targets;

/// <summary>
/// Memory that ends right after a line, its newline and <see cref="Chunk.SpareBytes"/>. A read beyond the end kills the
/// process, and the file of the last input has the input. On Linux only; elsewhere it is plain memory.
/// </summary>
internal sealed unsafe partial class GuardedLine : IDisposable
{
    /// <summary>The length that a line must stay below.</summary>
    public const int MaxBytes = 1 << 20;

    private const int PageBytes = 1 << 16;
    private const int NoAccess = 0;
    private const int ReadAndWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly byte* _start;
    private readonly byte* _end;
    private readonly EventReader _reader = new();
    private readonly Arena _arena = new();

    public GuardedLine()
    {
        const int Bytes = MaxBytes + PageBytes;
        if (OperatingSystem.IsLinux())
        {
            _start = (byte*)Map(null, Bytes + PageBytes, ReadAndWrite, PrivateAnonymous, -1, 0);
            if (_start == (byte*)-1 || Protect(_start + Bytes, PageBytes, NoAccess) != 0)
            {
                throw new InvalidOperationException(
                    "guarded memory: mmap or mprotect failed. Allow them, or run elsewhere.");
            }
        }
        else
        {
            _start = (byte*)NativeMemory.Alloc(Bytes);
        }

        _end = _start + Bytes;
    }

    /// <summary>Whether the reader accepts the line as one event.</summary>
    public bool Accepts(ReadOnlySpan<byte> line)
    {
        byte* start = Put(line, end: (byte)'\n');
        _arena.Clear();
        byte* end = _reader.TryRead(JsonScanner.SkipWhite(start), start + line.Length, _arena);
        return end != null && JsonScanner.SkipWhite(end) == start + line.Length;
    }

    /// <summary>Puts a text at the end of the memory, with one byte and the spare bytes behind it.</summary>
    /// <returns>Its first byte.</returns>
    public byte* Put(ReadOnlySpan<byte> text, byte end)
    {
        byte* start = _end - Chunk.SpareBytes - 1 - text.Length;
        text.CopyTo(new Span<byte>(start, text.Length));
        start[text.Length] = end;
        return start;
    }

    public void Dispose()
    {
        _arena.Dispose();
        if (OperatingSystem.IsLinux())
        {
            _ = Unmap(_start, MaxBytes + PageBytes + PageBytes);
        }
        else
        {
            NativeMemory.Free(_start);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void* Map(void* address, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Protect(void* address, nuint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(void* address, nuint bytes);
}
