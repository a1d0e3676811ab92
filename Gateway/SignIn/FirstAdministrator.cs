namespace Gateway;

/// <summary>
/// Creates <c>admin</c> with the password in <c>Auth:AdminPassword</c>, or gives it that password if it has another.
/// Without the setting the database must know an administrator already.
/// </summary>
internal sealed class FirstAdministrator(Users users, IConfiguration configuration) : IHostedService
{
    public const string UserName = "admin";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (configuration["Auth:AdminPassword"] is { Length: > 0 } password)
        {
            await users.EnsureAdministratorAsync(UserName, password, cancellationToken);
        }
        else if (!await users.HasAdministratorAsync(cancellationToken))
        {
            throw new StartRefused(
                "Auth__AdminPassword is not set and there is no administrator yet: set it to the password that "
                + $"the user {UserName} shall have.");
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>A setting that must be put right first. Shows as its one line, without a stack that helps nobody.</summary>
internal sealed class StartRefused(string message) : Exception(message)
{
    public override string ToString() => Message;
}
