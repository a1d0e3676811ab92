using System.Security.Cryptography;

namespace AppHost;

/// <summary>A secret that is generated once and kept in a file which only its owner may read.</summary>
internal static class KeptSecret
{
    // Without those that look alike, because people copy the administrator's password from a terminal.
    private const string Letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>The secret in <paramref name="path"/>; if there is none yet, <paramref name="generate"/>'s.</summary>
    public static string Read(string path, Func<string> generate)
    {
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // Written aside and moved, so that a crash leaves no empty secret.
            var draft = $"{path}.{RandomNumberGenerator.GetHexString(8)}";
            using (var file = new StreamWriter(draft, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
            {
                file.Write(generate());
            }

            File.Move(draft, path, overwrite: true);
        }

        return File.ReadAllText(path).Trim();
    }

    /// <summary>What to do if nothing can be kept in the folder; else null.</summary>
    public static string? Refusal(string folder)
    {
        try
        {
            foreach (var kept in Directory.CreateDirectory(folder).EnumerateFiles())
            {
                kept.OpenRead().Dispose();
            }

            var draft = Path.Combine(folder, $".{RandomNumberGenerator.GetHexString(8)}");
            File.Create(draft, 1, FileOptions.DeleteOnClose).Dispose();
            return null;
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            return $"The data folder {Path.GetDirectoryName(folder)} cannot be written: make it yours, or set "
                + "CAMPAIGNS_DATA_DIR.";
        }
    }

    public static string Password() => RandomNumberGenerator.GetString(Letters, 24);
}
