using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace CloudTrailAggregation.Benchmarks.SmallObjects;

/// <summary>
/// Makes the bytes of <see cref="MadeUpTrail"/>'s objects: a gzipped container of records, no two of which are equal.
/// A comment in the gzip header makes up the size that is listed. Not thread-safe.
/// </summary>
internal sealed class MadeUpObject : IDisposable
{
    /// <summary>About what a container's first record takes packed, and each further one.</summary>
    private const int FirstRecordBytes = 480, FurtherRecordBytes = 150;

    private const int HeaderBytes = 10;
    private const int TrailerBytes = 8;
    private const byte HasComment = 16;

    /// <summary>What is replaced in a template: ids of hexadecimal digits, and the time of day.</summary>
    private const string RequestId = "RRRRRRRR-RRRR-RRRR-RRRR-RRRRRRRRRRRR";
    private const string EventId = "EEEEEEEE-EEEE-EEEE-EEEE-EEEEEEEEEEEE";
    private const string TimeOfDay = "HH:MM:SS";
    private const string HostId = "DDDDDDDD";
    private const int HostIdParts = 4;

    private static readonly Template[] Templates =
    [
        new("""
            {"eventVersion":"1.09","userIdentity":{"type":"AWSService","invokedBy":"lambda.amazonaws.com"},
            "eventTime":"2024-01-15THH:MM:SSZ","eventSource":"sts.amazonaws.com","eventName":"AssumeRole",
            "awsRegion":"eu-central-1","sourceIPAddress":"lambda.amazonaws.com","userAgent":"lambda.amazonaws.com",
            "requestParameters":{"roleArn":"arn:aws:iam::104398475610:role/orders-import",
            "roleSessionName":"orders-import"},
            "responseElements":null,
            "additionalEventData":{"x-amz-id-2":"DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD"},
            "requestID":"RRRRRRRR-RRRR-RRRR-RRRR-RRRRRRRRRRRR",
            "eventID":"EEEEEEEE-EEEE-EEEE-EEEE-EEEEEEEEEEEE","readOnly":true,"eventType":"AwsApiCall",
            "managementEvent":true,"recipientAccountId":"104398475610","eventCategory":"Management"}
            """),
        new("""
            {"eventVersion":"1.09","userIdentity":{"type":"AWSService","invokedBy":"autoscaling.amazonaws.com"},
            "eventTime":"2024-01-15THH:MM:SSZ","eventSource":"ec2.amazonaws.com","eventName":"DescribeInstanceStatus",
            "awsRegion":"eu-central-1","sourceIPAddress":"autoscaling.amazonaws.com",
            "userAgent":"autoscaling.amazonaws.com","requestParameters":{"instancesSet":{"items":
            [{"instanceId":"i-0a1b2c3d4e5f60718"}]},"filterSet":{},"includeAllInstances":true},"responseElements":null,
            "additionalEventData":{"x-amz-id-2":"DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD"},
            "requestID":"RRRRRRRR-RRRR-RRRR-RRRR-RRRRRRRRRRRR","eventID":"EEEEEEEE-EEEE-EEEE-EEEE-EEEEEEEEEEEE",
            "readOnly":true,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"104398475610",
            "eventCategory":"Management"}
            """),
        new("""
            {"eventVersion":"1.09","userIdentity":{"type":"AWSAccount","principalId":"AROAEXAMPLE:import",
            "accountId":"104398475610"},"eventTime":"2024-01-15THH:MM:SSZ","eventSource":"kms.amazonaws.com",
            "eventName":"Decrypt","awsRegion":"eu-central-1","sourceIPAddress":"198.51.100.7",
            "userAgent":"aws-sdk-java/2.20","requestParameters":{"encryptionAlgorithm":"SYMMETRIC_DEFAULT"},
            "responseElements":null,
            "additionalEventData":{"x-amz-id-2":"DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD"},
            "requestID":"RRRRRRRR-RRRR-RRRR-RRRR-RRRRRRRRRRRR",
            "eventID":"EEEEEEEE-EEEE-EEEE-EEEE-EEEEEEEEEEEE","readOnly":true,"resources":[{"accountId":"104398475610",
            "type":"AWS::KMS::Key","ARN":"arn:aws:kms:eu-central-1:104398475610:key/orders"}],"eventType":"AwsApiCall",
            "managementEvent":true,"recipientAccountId":"104398475610","eventCategory":"Management"}
            """),
    ];

    private readonly MemoryStream _text = new();
    private readonly MemoryStream _packed = new();

    /// <summary>The bytes of the object at a place; valid until the next call.</summary>
    public ReadOnlyMemory<byte> BytesAt(int place)
    {
        int size = MadeUpTrail.SizeAt(place);
        int records = 1 + (Math.Max(0, size - FirstRecordBytes) / FurtherRecordBytes);
        while (true)
        {
            WriteText(place, records);
            Pack();
            int padding = size - (int)_packed.Length - TrailerBytes;
            if (padding >= 0)
            {
                return AddHeaderAndTrailer(padding);
            }

            records -= Math.Max(1, -padding / FurtherRecordBytes);
        }
    }

    private void Pack()
    {
        _packed.SetLength(HeaderBytes);
        _packed.Position = HeaderBytes;
        using var deflate = new DeflateStream(_packed, CompressionLevel.Fastest, leaveOpen: true);
        deflate.Write(Text);
    }

    public void Dispose()
    {
        _text.Dispose();
        _packed.Dispose();
    }

    private ReadOnlySpan<byte> Text => _text.GetBuffer().AsSpan(0, (int)_text.Length);

    private void WriteText(int place, int records)
    {
        _text.SetLength(0);
        _text.Write("{\"Records\":["u8);
        for (int record = 0; record < records; record++)
        {
            _text.Write(record == 0 ? ""u8 : ","u8);
            ulong hash = MadeUpTrail.HashOf(((long)place << 8) + record);
            var template = Templates[record == 0 ? 0 : hash % (uint)Templates.Length];
            template.WriteTo(_text, place, record, hash);
        }

        _text.Write("]}"u8);
    }

    private ReadOnlyMemory<byte> AddHeaderAndTrailer(int padding)
    {
        int deflated = (int)_packed.Length - HeaderBytes;
        _packed.SetLength(_packed.Length + padding + TrailerBytes);
        var bytes = _packed.GetBuffer().AsMemory(0, (int)_packed.Length);
        var span = bytes.Span;
        span.Slice(HeaderBytes, deflated).CopyTo(span[(HeaderBytes + padding)..]);
        ReadOnlySpan<byte> header = [0x1F, 0x8B, 8, padding > 0 ? HasComment : (byte)0, 0, 0, 0, 0, 0, 3];
        header.CopyTo(span);
        span.Slice(HeaderBytes, padding).Fill((byte)' ');
        if (padding > 0)
        {
            span[HeaderBytes + padding - 1] = 0;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(span[^8..], Crc32.HashToUInt32(Text));
        BinaryPrimitives.WriteUInt32LittleEndian(span[^4..], (uint)_text.Length);
        return bytes;
    }

    /// <summary>A record with places for its ids and its time.</summary>
    private sealed class Template
    {
        private readonly byte[] _bytes;
        private readonly int _requestId, _eventId, _time, _hostId;

        public Template(string text)
        {
            _bytes = Encoding.UTF8.GetBytes(text.ReplaceLineEndings(""));
            _requestId = _bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(RequestId));
            _eventId = _bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(EventId));
            _time = _bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(TimeOfDay));
            _hostId = _bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(HostId));
        }

        public void WriteTo(MemoryStream text, int place, int record, ulong hash)
        {
            int start = (int)text.Length;
            text.Write(_bytes);
            var copy = text.GetBuffer().AsSpan(start, _bytes.Length);
            uint second = (uint)(hash >> 32) % 86_400;
            Put(copy[_requestId..], $"{(uint)hash:x8}-{(ushort)(hash >> 32):x4}-4{hash & 0xFFF:x3}-");
            Put(copy[(_requestId + 19)..], $"a{hash >> 52:x3}-{~hash >> 16:x12}");
            Put(copy[_eventId..], $"{place:x8}-{record:x4}-4{hash >> 52:x3}-");
            Put(copy[(_eventId + 19)..], $"b{hash & 0xFFF:x3}-{hash >> 16:x12}");
            Put(copy[_time..], $"{second / 3600:00}:{second / 60 % 60:00}:{second % 60:00}");
            for (int part = 0; part < HostIdParts; part++)
            {
                ulong digits = MadeUpTrail.HashOf((long)hash + part);
                Put(copy[(_hostId + (16 * part))..], $"{digits:x16}");
            }
        }

        private static void Put(Span<byte> copy, FormattableString text) =>
            Encoding.ASCII.GetBytes(text.ToString(CultureInfo.InvariantCulture), copy);
    }
}
