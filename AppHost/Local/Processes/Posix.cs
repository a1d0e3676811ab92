using System.Runtime.InteropServices;

namespace AppHost;

/// <summary>The few calls of the operating system that .NET does not offer.</summary>
internal static partial class Posix
{
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigTerm = 15;

    public static bool IsRoot => GetEffectiveUser() == 0;

    /// <summary>Signals the whole group of <paramref name="leader"/>; one that is gone is no error.</summary>
    public static void SignalGroup(int leader, int signal) => _ = Kill(-leader, signal);

    [LibraryImport("libc", EntryPoint = "getppid")]
    public static partial int GetParent();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();
}
