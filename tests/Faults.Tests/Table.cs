using System.Globalization;
using System.Text;
using Testing;

namespace Faults.Tests;

/// <summary>One line a scenario; kept as <c>artifacts/faults.md</c>.</summary>
internal sealed class Table
{
    private static readonly string File = Path.Combine(ProgramProcess.RepositoryRoot, "artifacts", "faults.md");

    private readonly StringBuilder _text = new("""
        | system | fault | messages | lost | doubled | least gap | most in 1 s | recovery |
        | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |

        """);

    private int _messages, _lost, _doubled;

    public void Add(Layout layout, Scenario scenario, Verdict verdict)
    {
        (_messages, _lost, _doubled) =
            (_messages + verdict.Messages, _lost + verdict.Lost, _doubled + verdict.Doubled);
        var recovery = verdict.Recovery is { } time ? $"{time.TotalSeconds:0.0} s" : "";
        var (gap, most) = layout.IsStrict
            ? ($"{verdict.LeastGap.TotalMilliseconds:0} ms", "")
            : ("", verdict.MostInASecond.ToString(CultureInfo.InvariantCulture));
        _text.AppendLine(CultureInfo.InvariantCulture, $"| {layout.Name} | {scenario.Name} | {verdict.Messages} "
            + $"| {verdict.Lost} | {verdict.Doubled} | {gap} | {most} | {recovery} |");
        Save();
    }

    /// <summary>Writes what the run has printed to a file beside the table, and returns its path.</summary>
    public static string Keep(IEnumerable<string> output, Scenario scenario)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(File)!, "faults"));
        var name = string.Concat(scenario.Name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
        var path = Path.Combine(folder.FullName, $"{name}.log");
        System.IO.File.WriteAllLines(path, output);
        return path;
    }

    /// <summary>After each line, so that a run that is broken off leaves what it has found.</summary>
    private void Save()
    {
        var sum = $"| | all | {_messages} | {_lost} | {_doubled} | | | |\n";
        System.IO.File.WriteAllText(File, _text + sum);
    }
}
