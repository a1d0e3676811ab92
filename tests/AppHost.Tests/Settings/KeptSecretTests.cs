namespace AppHost.Tests;

public sealed class KeptSecretTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("campaigns-secrets-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public void A_secret_is_generated_once_and_kept_in_a_folder_that_can_be_written()
    {
        var folder = Path.Combine(_data, "secrets");

        Assert.Null(KeptSecret.Refusal(folder));
        Assert.Empty(Directory.EnumerateFiles(folder));

        var kept = KeptSecret.Read(Path.Combine(folder, "word"), KeptSecret.Password);
        Assert.Equal(kept, KeptSecret.Read(Path.Combine(folder, "word"), KeptSecret.Password));
        Assert.Null(KeptSecret.Refusal(folder));
    }

    [Fact]
    public void A_data_folder_that_cannot_be_made_is_refused_with_the_remedy()
    {
        var file = Path.Combine(_data, "file");
        File.WriteAllText(file, "");

        Assert.Equal(
            $"The data folder {file} cannot be written: make it yours, or set CAMPAIGNS_DATA_DIR.",
            KeptSecret.Refusal(Path.Combine(file, "secrets")));
    }
}
