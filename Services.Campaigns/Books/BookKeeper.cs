using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Checks the books every night and when somebody wants it.</summary>
internal sealed partial class BookKeeper(
    NpgsqlDataSource database, BookStore store, BookCheck check, IOptions<BookOptions> options,
    IOptions<TextOptions> texts, TimeProvider clock, ILogger<BookKeeper> logger) : Caretaker("books", Look, database, clock, logger)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    private readonly NpgsqlDataSource _database = database;
    private readonly TimeProvider _clock = clock;
    private DateTimeOffset? _nightly = options.Value.NextCheck(clock.GetUtcNow());

    protected override async Task PruneAsync(CancellationToken cancellationToken)
    {
        await EarlyStatuses.PruneAsync(_database, _clock.GetUtcNow(), cancellationToken);
        await OldTexts.ForgetAsync(_database, texts.Value, _clock.GetUtcNow(), cancellationToken);
        await ActivityEntry.ForgetAddressesAsync(_database, _clock.GetUtcNow(), cancellationToken);
    }

    protected override async Task<bool> IsWantedAsync(CancellationToken cancellationToken)
    {
        if (_clock.GetUtcNow() is var now && now >= _nightly)
        {
            await store.WishNightlyAsync(_nightly.Value, cancellationToken);
            _nightly = options.Value.NextCheck(now);
        }

        return await store.NextWishAsync(cancellationToken) is not null;
    }

    protected override async Task DoWantedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        while (await store.NextWishAsync(cancellationToken) is { } wish)
        {
            try
            {
                await check.RunAsync(wish.Scope == Guid.Empty ? null : wish.Scope, cancellationToken);
            }
            catch (Exception exception) when (
                !Database.IsTransient(exception) && !cancellationToken.IsCancellationRequested)
            {
                LogNotChecked(exception); // and would not be the next time: the other wishes have their turn
            }

            await store.DoneAsync(wish, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Error, "The books could not be checked")]
    private partial void LogNotChecked(Exception exception);
}
