// Shows the main job on the emulator's virtual phones: contacts, a template, a campaign with Message 2, live progress.
using Demo;

var settings = Settings.Read();
if (settings is null)
{
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

using var emulator = new PhonesClient(settings.Emulator);
using var api = new CampaignsClient(settings.Gateway);
try
{
    return await new DemoCampaign(emulator, api, TimeProvider.System).RunAsync(settings.AdminPassword, stop.Token)
        ? 0
        : 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}
catch (HttpRequestException exception)
{
    Console.Error.WriteLine($"The demo stopped: {exception.Message}");
    return 1;
}
