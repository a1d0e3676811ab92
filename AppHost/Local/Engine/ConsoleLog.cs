namespace AppHost;

/// <summary>Lines of many resources in one terminal, each behind its resource's name and colour.</summary>
internal sealed class ConsoleLog(TextWriter output)
{
    private static readonly int[] Palette = [36, 33, 35, 32, 34, 31, 96, 93, 95, 92, 94];

    private readonly Lock gate = new();
    private readonly List<string> known = [];
    private readonly bool coloured = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public void Write(LogLine line)
    {
        lock (gate)
        {
            if (!known.Contains(line.Resource))
            {
                known.Add(line.Resource);
            }

            var prefix = $"{line.Resource,-11} |";
            try
            {
                output.WriteLine(coloured
                    ? $"\e[{Palette[known.IndexOf(line.Resource) % Palette.Length]}m{prefix}\e[0m {line.Text}"
                    : $"{prefix} {line.Text}");
            }
            catch (IOException)
            {
                // The terminal is gone; the run goes on, and the dashboard still shows the lines.
            }
        }
    }
}
