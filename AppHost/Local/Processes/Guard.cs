using System.Diagnostics;

namespace AppHost;

/// <summary>
/// A small shell that outlives this process by seconds: it reads a pipe from us, and when the pipe closes because we
/// are gone, by whatever death, it stops the process groups that we had entrusted to it.
/// </summary>
/// <remarks>
/// PR_SET_PDEATHSIG would not do: it is tied to the thread that forked, cleared by a change of user, and not
/// inherited by grandchildren. https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html
/// </remarks>
internal sealed class Guard : IDisposable
{
    // "+ GROUP SIGNAL" entrusts a process group, "- GROUP" takes it back, "d FOLDER" is to be deleted.
    private const string Script = """
        trap '' HUP INT QUIT TERM
        groups=
        alive() { for g in $groups; do kill -s 0 -- "-${g%:*}" 2>/dev/null && return 0; done; return 1; }
        while IFS=' ' read -r verb what signal; do
          case $verb in
            +) groups="$groups $what:$signal" ;;
            -) kept=; for g in $groups; do [ "${g%:*}" = "$what" ] || kept="$kept $g"; done; groups=$kept ;;
            d) folder=$what ;;
          esac
        done
        for g in $groups; do kill -s "${g#*:}" -- "-${g%:*}"; done
        tries=60
        while [ $tries -gt 0 ] && alive; do sleep 0.1; tries=$((tries - 1)); done
        for g in $groups; do kill -s KILL -- "-${g%:*}"; done
        [ -z "$folder" ] || rm -rf -- "$folder"
        """;

    private readonly Lock gate = new();
    private readonly Dictionary<int, int> groups = [];
    private readonly bool temporary;
    private Process shell;
    private bool disposed;

    /// <param name="folder">What the guarded processes belong to.</param>
    /// <param name="temporary">The folder is deleted at the end, even if this process is killed.</param>
    public Guard(string folder, bool temporary = false)
    {
        Folder = folder;
        this.temporary = temporary;
        shell = Start();
    }

    public string Folder { get; }

    /// <summary>The group ends, by <paramref name="signal"/> and at last SIGKILL, when this process does.</summary>
    public void Add(int group, int signal)
    {
        lock (gate)
        {
            groups[group] = signal;
            Write($"+ {group} {signal}");
        }
    }

    public void Remove(int group)
    {
        lock (gate)
        {
            groups.Remove(group);
            Write($"- {group}");
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            shell.StandardInput.Close();
        }

        shell.WaitForExit(TimeSpan.FromSeconds(8));
        shell.Dispose();
    }

    private void Write(string line)
    {
        try
        {
            shell.StandardInput.WriteLine(line);
        }
        catch (IOException)
        {
            // Somebody killed the shell: the next one, which its end starts, learns all groups.
        }
    }

    private Process Start()
    {
        var process = new Process
        {
            StartInfo = new("setsid", ["sh", "-c", Script])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
            EnableRaisingEvents = true,
        };
        process.Exited += (_, _) => Restart();
        process.Start();
        process.StandardInput.AutoFlush = true;
        if (temporary)
        {
            process.StandardInput.WriteLine($"d {Folder}");
        }

        return process;
    }

    private void Restart()
    {
        lock (gate)
        {
            if (disposed)
            {
                return;
            }

            shell.Dispose();
            shell = Start();
            foreach (var (group, signal) in groups)
            {
                Write($"+ {group} {signal}");
            }
        }
    }
}
