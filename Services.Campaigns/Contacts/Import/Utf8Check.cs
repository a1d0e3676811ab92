using System.Buffers;
using System.Text;

namespace Services.Campaigns;

/// <summary>Whether bytes that come piece by piece are UTF-8, and where they are not.</summary>
internal sealed class Utf8Check
{
    private const int LongestLetter = 4;

    private byte[] _cutOff = []; // the beginning of a letter whose end the next piece brings
    private bool _hasLetters; // beyond ASCII, a byte-order mark among them
    private long _position;
    private long _lineEnds;

    public bool IsValid { get; private set; } = true;

    /// <summary>
    /// What cannot be read as UTF-8 is Windows-1252, unless something before it could be: then most of the file is
    /// UTF-8, and would be garbled.
    /// </summary>
    public bool IsWindows1252 => !IsValid && !_hasLetters;

    /// <summary>Null if all of it is UTF-8, or may be Windows-1252 as well.</summary>
    public ImportError? Mistake => IsValid || IsWindows1252 ? null : new("file", _lineEnds + 1, new(
        $"A letter in this line is not UTF-8, while those before it are (byte {_position + 1} of the file): correct it, "
        + "or save all of the file once more as CSV (UTF-8).",
        "Un caractère de cette ligne n’est pas en UTF-8, alors que les précédents le sont (octet "
        + $"{_position + 1} du fichier) : corrigez-le, ou enregistrez de nouveau tout le fichier au format CSV (UTF-8)."));

    public void Add(ReadOnlySpan<byte> piece)
    {
        if (_cutOff.Length > 0)
        {
            byte[] letter = [.. _cutOff, .. piece[..Math.Min(piece.Length, LongestLetter - _cutOff.Length)]];
            var before = _cutOff.Length;
            _cutOff = [];
            var used = Read(letter, mostLetters: 1);
            if (!IsValid || _cutOff.Length > 0)
            {
                return; // or the piece was too short to end it
            }

            piece = piece[(used - before)..];
        }

        if (IsValid)
        {
            _ = Read(piece, int.MaxValue);
        }
    }

    /// <summary>Nothing follows: a letter that is cut off now is none.</summary>
    public void End() => IsValid &= _cutOff.Length == 0;

    /// <summary>How many bytes were read.</summary>
    private int Read(ReadOnlySpan<byte> bytes, int mostLetters)
    {
        var used = 0;
        while (mostLetters > 0)
        {
            var ascii = bytes[used..].IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
            if (ascii < 0)
            {
                Pass(bytes[used..]);
                return bytes.Length;
            }

            Pass(bytes.Slice(used, ascii));
            used += ascii;
            switch (Rune.DecodeFromUtf8(bytes[used..], out _, out var length))
            {
                case OperationStatus.Done:
                    _hasLetters = true;
                    Pass(bytes.Slice(used, length));
                    used += length;
                    mostLetters--;
                    break;
                case OperationStatus.NeedMoreData:
                    _cutOff = bytes[used..].ToArray();
                    return bytes.Length;
                default:
                    IsValid = false;
                    return used;
            }
        }

        return used;
    }

    private void Pass(ReadOnlySpan<byte> bytes)
    {
        _position += bytes.Length;
        _lineEnds += bytes.Count((byte)'\n');
    }
}
