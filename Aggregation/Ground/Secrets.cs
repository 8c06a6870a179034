using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace CloudTrailAggregation.Ground;

/// <summary>
/// Removes secrets from messages of the network stack and of servers: the user information of a URL (a proxy's
/// password), and the signature, credential and token of a presigned URL.
/// </summary>
internal static partial class Secrets
{
    private const string Mark = "***";

    private static readonly SearchValues<char> NotInUrl = SearchValues.Create(" \t\r\n\"<>");

    /// <summary>
    /// The message with *** for each secret. Host, port, path and all further parameters stay, because they help to
    /// find the cause.
    /// </summary>
    public static string RemoveFrom(string message) => WithoutParameters(WithoutUserInformation(message));

    /// <summary>
    /// The exception itself if it contains no secret, otherwise a copy of its text without secrets: Lambda reports
    /// inner exceptions too.
    /// </summary>
    public static Exception? RemoveFrom(Exception? exception)
    {
        string? text = exception?.ToString();
        return text is null || RemoveFrom(text) is var clean && clean == text
            ? exception
            : new CleanException(exception!, clean);
    }

    private static string WithoutParameters(string message) =>
        message.Contains('=', StringComparison.Ordinal) || message.Contains(':', StringComparison.Ordinal)
            ? Parameter().Replace(message, match => match.Groups["name"].Value + Mark)
            : message;

    /// <summary>
    /// User information ends at the last @ of the URL, because .NET accepts a proxy's password with a raw @, / or # in
    /// it. The text after s3:// stays, because it is a bucket and a key.
    /// </summary>
    private static string WithoutUserInformation(string message)
    {
        StringBuilder? clean = null;
        int done = 0;
        for (int colon = 0; (colon = message.IndexOf("://", colon, StringComparison.Ordinal)) >= 0;)
        {
            int start = colon + 3;
            int end = IsS3(message, colon) ? start : EndOfUserInformation(message.AsSpan(start)) + start;
            if (end > start)
            {
                clean = (clean ?? new StringBuilder(message.Length)).Append(message, done, start - done).Append(Mark);
                done = end - 1;
            }

            colon = end;
        }

        return clean is null ? message : clean.Append(message, done, message.Length - done).ToString();
    }

    private static bool IsS3(string message, int colon) =>
        colon >= 2 && string.Compare(message, colon - 2, "s3", 0, 2, StringComparison.OrdinalIgnoreCase) == 0;

    /// <summary>The length of the user information with its @; 0 if the URL has none.</summary>
    private static int EndOfUserInformation(ReadOnlySpan<char> url)
    {
        int length = url.IndexOfAny(NotInUrl);
        var rest = length < 0 ? url : url[..length];
        int at = rest.LastIndexOf('@');

        // A password with white space makes the URL invalid, and the message that refuses the URL quotes it.
        return at < 0 && HasPassword(rest) ? url.LastIndexOf('@') + 1 : at + 1;
    }

    /// <summary>Whether the text after the first colon cannot be a port.</summary>
    private static bool HasPassword(ReadOnlySpan<char> authority)
    {
        int colon = authority.IndexOfAny(':', '/', '[');
        return colon >= 0 && authority[colon] == ':' && colon + 1 < authority.Length
            && !char.IsAsciiDigit(authority[colon + 1]);
    }

    [GeneratedRegex(
        """(?<name>\b(X-Amz-(Signature|Credential|Security-Token)(=|%3D|: ?)|(AWSAccessKeyId|Signature|Credential)=))[^\s&"'<>,;]+""",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Parameter();

    /// <summary>The text of another exception, without its secrets.</summary>
    private sealed class CleanException(Exception original, string text) : Exception(RemoveFrom(original.Message))
    {
        public override string? StackTrace => original.StackTrace;

        public override string ToString() => text;
    }
}
