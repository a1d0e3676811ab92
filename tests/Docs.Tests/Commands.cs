using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Docs.Tests;

/// <summary>
/// The commands of a page that are marked as runnable, in one shell from the top to the end. A block
/// <c>text</c> right behind one is what it promises to print; <c>…</c> stands for anything.
/// </summary>
internal static class Commands
{
    public const string Kind = "bash runnable";

    private const string Separator = "=== next ===";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static async Task CheckAsync(Document page, IReadOnlyDictionary<string, string> environment)
    {
        var blocks = page.Blocks;
        var steps = blocks.Select((block, index) => (block, promise: blocks.ElementAtOrDefault(index + 1)))
            .Where(step => step.block.Kind == Kind).ToList();
        Assert.NotEmpty(steps);

        var printed = await RunAsync(
            string.Concat(steps.Select(step => $"{step.block.Code}\necho; echo '{Separator}'\n")), environment);

        foreach (var (step, part) in steps.Zip(printed.Split(Separator))
            .Where(pair => pair.First.promise.Kind == "text"))
        {
            var promise = Regex.Escape(step.promise.Code.Trim()).Replace("…", ".*");
            Assert.True(
                Regex.IsMatch(part.Trim(), $"^{promise}$", RegexOptions.Singleline),
                $"{page}:\n{step.block.Code}\npromises\n{step.promise.Code}\nand prints\n{part.Trim()}");
        }
    }

    private static async Task<string> RunAsync(string script, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("bash", ["-c", "set -euo pipefail\n" + script])
        {
            WorkingDirectory = Document.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var shell = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var errors = shell.StandardError.ReadToEndAsync(limit.Token);
            var output = await shell.StandardOutput.ReadToEndAsync(limit.Token);
            await shell.WaitForExitAsync(limit.Token);
            Assert.True(shell.ExitCode == 0, $"{output}\n{await errors}");
            return output;
        }
        finally
        {
            if (!shell.HasExited)
            {
                shell.Kill(entireProcessTree: true);
            }
        }
    }
}
