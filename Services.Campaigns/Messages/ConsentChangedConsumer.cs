using Contracts;
using MassTransit;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Somebody stopped or resumed messages elsewhere than in a message to us.</summary>
internal sealed class ConsentChangedConsumer(NpgsqlDataSource database) : IConsumer<ConsentChanged>
{
    public async Task Consume(ConsumeContext<ConsentChanged> context)
    {
        var (message, cancellationToken) = (context.Message, context.CancellationToken);
        var meaning = message.Consent is OptOutType.Stop ? Meaning.Stop : Meaning.Start;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var consent = await Consent.ChangeAsync(
            transaction, meaning, message.From, profileName: null, message.ReceivedAt, cancellationToken);
        await transaction.ExecuteAsync(
            $"update contacts set {consent}, updated_at = $2 where phone = $1", cancellationToken, message.From,
            message.ReceivedAt);
        await transaction.CommitAsync(cancellationToken);
    }
}
