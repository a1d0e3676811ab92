using System.Diagnostics;
using AppHost;

namespace Testing;

/// <summary>RabbitMQ's own tool, for the node of a local run.</summary>
public static class BrokerControl
{
    /// <param name="node">The node's process: its environment holds the way to it.</param>
    public static async Task<string> RunAsync(int node, params string[] arguments)
    {
        var tool = Path.Combine(
            Path.GetDirectoryName(RabbitMqProcess.FindServer()) ?? throw Tools.Missing("RabbitMQ"), "rabbitmqctl");
        var start = new ProcessStartInfo(tool, [.. arguments, "--quiet"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var variable in (await File.ReadAllTextAsync($"/proc/{node}/environ")).Split('\0'))
        {
            if (variable.Split('=', 2) is [var name, var value] && IsOfTheNode(name))
            {
                start.Environment[name] = value;
            }
        }

        // The node has its own epmd; one that the tool starts would outlive us (https://www.erlang.org/doc/man/erl).
        start.Environment["ERL_ZFLAGS"] = "-start_epmd false";
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException(await errors);
    }

    // Not what the node's start script has set for the node alone.
    private static bool IsOfTheNode(string name) => name is "HOME" or "RABBITMQ_NODENAME" or "RABBITMQ_CONF_ENV_FILE"
        or "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS" or "ERL_EPMD_PORT" or "ERL_EPMD_ADDRESS" or "RABBITMQ_MNESIA_BASE"
        or "RABBITMQ_LOG_BASE";
}
