using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Services.Webhooks;

/// <summary>
/// The parameters of an <c>application/x-www-form-urlencoded</c> body, decoded once, in the order in which Twilio signs
/// them. Unlike <c>Request.Form</c> it tells names apart that differ only in case, and alters no value.
/// </summary>
/// <remarks>
/// Decoding follows https://url.spec.whatwg.org/#urlencoded-parsing: <c>+</c> is a space, a <c>%</c> without two
/// hexadecimal digits stands for itself, bytes that are not UTF-8 become U+FFFD.
/// </remarks>
internal sealed class TwilioForm : IDisposable
{
    private readonly byte[] _text;
    private readonly Parameter[] _parameters;
    private readonly int _count;

    private TwilioForm(byte[] text, Parameter[] parameters, int count) =>
        (_text, _parameters, _count) = (text, parameters, count);

    public static TwilioForm Parse(ReadOnlySpan<byte> body)
    {
        // Three bytes for each byte that is not UTF-8 are the worst case.
        var text = ArrayPool<byte>.Shared.Rent(3 * body.Length);
        var parameters = ArrayPool<Parameter>.Shared.Rent(body.Count((byte)'&') + 1);
        var (end, count) = (0, 0);
        foreach (var range in body.Split((byte)'&'))
        {
            var pair = body[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            var equals = pair.IndexOf((byte)'=');
            var name = Decode(equals < 0 ? pair : pair[..equals], text, ref end);
            var value = Decode(equals < 0 ? [] : pair[(equals + 1)..], text, ref end);
            parameters[count++] = new(name, value);
        }

        parameters.AsSpan(0, count).Sort((a, b) =>
            Compare(text.AsSpan(a.Name), text.AsSpan(b.Name)) is not 0 and var names ? names
            : Compare(text.AsSpan(a.Value), text.AsSpan(b.Value)));
        return new(text, parameters, count);
    }

    /// <summary>The value as text that PostgreSQL takes, that is without U+0000; null if there is none.</summary>
    public string? this[ReadOnlySpan<byte> name]
    {
        get
        {
            foreach (ref readonly var parameter in _parameters.AsSpan(0, _count))
            {
                if (_text.AsSpan(parameter.Name).SequenceEqual(name))
                {
                    var value = Encoding.UTF8.GetString(_text.AsSpan(parameter.Value));
                    return value.Contains('\0') ? value.Replace("\0", "") : value;
                }
            }

            return null;
        }
    }

    /// <summary>At most so many bytes are written by <see cref="WriteSigned"/>.</summary>
    public int SignedLength
    {
        get
        {
            var length = 0;
            foreach (ref readonly var parameter in _parameters.AsSpan(0, _count))
            {
                length += parameter.Length;
            }

            return length;
        }
    }

    /// <summary>
    /// Names and values without separators, ordered by UTF-16 code units; of a name sent several times its distinct
    /// values (https://www.twilio.com/docs/usage/security and the official libraries).
    /// </summary>
    public int WriteSigned(Span<byte> destination)
    {
        var end = 0;
        for (var i = 0; i < _count; i++)
        {
            var name = _text.AsSpan(_parameters[i].Name);
            var value = _text.AsSpan(_parameters[i].Value);
            if (i > 0 && name.SequenceEqual(_text.AsSpan(_parameters[i - 1].Name))
                && value.SequenceEqual(_text.AsSpan(_parameters[i - 1].Value)))
            {
                continue;
            }

            name.CopyTo(destination[end..]);
            value.CopyTo(destination[(end + name.Length)..]);
            end += name.Length + value.Length;
        }

        return end;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_text);
        ArrayPool<Parameter>.Shared.Return(_parameters);
    }

    private static Range Decode(ReadOnlySpan<byte> encoded, byte[] text, ref int end)
    {
        var start = end;
        for (var i = 0; i < encoded.Length; i++)
        {
            text[end++] = encoded[i] switch
            {
                (byte)'+' => (byte)' ',
                (byte)'%' when TryHex(encoded[(i + 1)..], out var value) => Skip(ref i, value),
                var other => other,
            };
        }

        if (!Utf8.IsValid(text.AsSpan(start..end)))
        {
            end = start + Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text.AsSpan(start..end)), text.AsSpan(start));
        }

        return start..end;

        static byte Skip(ref int i, byte value)
        {
            i += 2;
            return value;
        }
    }

    private static bool TryHex(ReadOnlySpan<byte> digits, out byte value)
    {
        value = 0;
        if (digits.Length < 2 || !char.IsAsciiHexDigit((char)digits[0]) || !char.IsAsciiHexDigit((char)digits[1]))
        {
            return false;
        }

        value = (byte)((Digit(digits[0]) << 4) | Digit(digits[1]));
        return true;

        static int Digit(byte letter) => letter <= '9' ? letter - '0' : (letter | 0x20) - 'a' + 10;
    }

    // By UTF-16 code units, as Java and JavaScript compare, on UTF-8: the two orders differ only where U+E000…U+FFFF
    // (lead bytes EE, EF) meets what UTF-16 writes as surrogates (lead bytes F0 and up).
    private static int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var same = a.CommonPrefixLength(b);
        if (same == a.Length || same == b.Length)
        {
            return a.Length - b.Length;
        }

        var (x, y) = (a[same], b[same]);
        return x >= 0xEE && y >= 0xEE && (x >= 0xF0) != (y >= 0xF0) ? y - x : x - y;
    }

    private readonly record struct Parameter(Range Name, Range Value)
    {
        public int Length => Value.End.Value - Name.Start.Value;
    }
}
