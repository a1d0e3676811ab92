using Benchmarks;

switch (args)
{
    case ["webhooks", .. var options]:
        return await WebhookBenchmark.RunAsync(options);
    case ["statuses", .. var options]:
        return await StatusBenchmark.RunAsync(options);
    case ["campaign", .. var options]:
        return await CampaignBenchmark.RunAsync(options);
    case ["pages"]:
        return await PageBenchmark.RunAsync();
    case ["import", .. var options]:
        return await ImportBenchmark.RunAsync(options);
    case ["million", .. var options]:
        return await MillionBenchmark.RunAsync(options);
    case ["serve-bare"]:
        await BareServer.RunAsync();
        return 0;
    default:
        await Console.Error.WriteLineAsync(
            "dotnet run -c Release --project tests/Benchmarks -- webhooks [--seconds n] | statuses [--messages n] [--reported n] | "
            + "campaign [--seconds n] [--callbacks n] | import [--rows n] | million [--rows n] | pages");
        return 2;
}
