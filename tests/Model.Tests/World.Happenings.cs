using Contracts;
using ServiceDefaults;
using Services.Campaigns;
using Services.Messaging;

namespace Model.Tests;

/// <content>What may happen.</content>
internal sealed partial class World
{
    public Task LetAsync(Happening happening) => happening switch
    {
        (Step.Feed, _) => FeedAsync(),
        (Step.FeedAndDie, _) => Of<Feed>().NextAsync(CancellationToken.None),
        (Step.Relay, _) => RelayAsync(forget: true),
        (Step.RelayAndDie, _) => RelayAsync(forget: false),
        (Step.Deliver, var pick) => DeliverAsync(_wire.Take(pick, keep: false)),
        (Step.DeliverAndKeepACopy, var pick) => DeliverAsync(_wire.Take(pick, keep: true)),
        (Step.Accepts, _) => Decide(null),
        (Step.AnswersWithAnError, _) => Decide(new SendResult.Unknown("HTTP 500")),
        (Step.RefusesForGood, _) => Decide(new SendResult.Refused(Carrier.RefusesForGood)),
        (Step.RefusesForNow, _) => Decide(new SendResult.Refused(Carrier.RefusesForNow)),
        (Step.CannotBeReached, _) => Decide(new SendResult.NotSent("refused", Connected: false)),
        (Step.Answer, var pick) => AnswerAsync(pick, lost: false),
        (Step.LoseAnswer, var pick) => AnswerAsync(pick, lost: true),
        (Step.KillMessaging, _) => KillMessagingAsync(),
        (Step.MoveOn, var pick) => MoveOn(pick, named: true),
        (Step.MoveOnAnonymously, var pick) => MoveOn(pick, named: false),
        (Step.FailForGood, var pick) => Fail(pick, Carrier.FailsForGood),
        (Step.FailForNow, var pick) => Fail(pick, Carrier.FailsForNow),
        (Step.Reply, var pick) => Reply(pick),
        (Step.PassSeconds, var pick) => PassAsync(TimeSpan.FromSeconds(pick)),
        (Step.PassMinutes, var pick) => PassAsync(TimeSpan.FromMinutes(pick)),
        (Step.PassHours, var pick) => PassAsync(TimeSpan.FromHours(pick)),
        (Step.Reconcile, _) => ReconcileAsync(lists: true),
        (Step.ReconcileInVain, _) => ReconcileAsync(lists: false),
        (Step.Retry, _) => RetryAsync(),
        _ => throw new ArgumentOutOfRangeException(nameof(happening)),
    };

    private async Task FeedAsync()
    {
        foreach (var order in await Of<Feed>().NextAsync(CancellationToken.None))
        {
            _wire.Put(order.Command, Of<SendMessageConsumer>);
        }
    }

    private async Task RelayAsync(bool forget)
    {
        await using var command = _messagingDb.Command(
            forget ? "delete from outbox returning type, body" : "select type, body from outbox");
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            Publish(System.Text.Json.JsonSerializer.Deserialize(
                row.GetString(1), typeof(SendMessage).Assembly.GetType(row.GetString(0))!)!);
        }
    }

    private void Publish(object message)
    {
        switch (message)
        {
            case MessageAccepted accepted:
                _wire.Put(accepted, Of<MessageAcceptedConsumer>);
                break;
            case MessageRejected rejected:
                _wire.Put(rejected, Of<MessageRejectedConsumer>);
                break;
            case MessageDeferred deferred:
                _wire.Put(deferred, Of<MessageDeferredConsumer>);
                break;
            case MessageReturned returned:
                _wire.Put(returned, Of<MessageReturnedConsumer>);
                break;
            case OutcomeUnknown unknown:
                _wire.Put(unknown, Of<OutcomeUnknownConsumer>);
                break;
            case StatusChanged status:
                _wire.Put<StatusChanged>(
                    status, Of<Services.Campaigns.StatusChangedConsumer>,
                    Of<Services.Messaging.StatusChangedConsumer>);
                break;
            case MessageReceived received:
                _wire.Put(received, Of<MessageReceivedConsumer>);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(message), message.GetType().Name);
        }
    }

    private async Task DeliverAsync(Parcel? parcel)
    {
        if (parcel is null)
        {
            return;
        }

        _provider.Decide(_verdict);
        using var patience = new CancellationTokenSource();
        var consumer = parcel.ConsumeAsync(patience.Token);
        if (parcel.Message is SendMessage)
        {
            patience.CancelAfter(Patience);
        }

        if (await Task.WhenAny(consumer, _provider.NextCall) == consumer)
        {
            try
            {
                await consumer;
            }
            catch (Exception exception) when (exception is OperationCanceledException or TooEarlyException)
            {
                _wire.GiveBack(parcel);
            }

            return;
        }

        var call = await _provider.NextCall;
        call.Consumer = consumer;
        _calls.Add(call);
    }

    private Task Decide(SendResult? verdict)
    {
        _verdict = verdict;
        return Task.CompletedTask;
    }

    private async Task AnswerAsync(int pick, bool lost)
    {
        if (_calls.Count > 0)
        {
            var call = _calls[pick % _calls.Count];
            _calls.Remove(call);
            call.Answer.SetResult(lost ? new SendResult.Unknown("the connection failed") : call.Result);
            await call.Consumer;
        }
    }

    private async Task KillMessagingAsync()
    {
        // The broker gives what was not acknowledged to the next process.
        foreach (var call in _calls)
        {
            _wire.Put(call.Order, Of<SendMessageConsumer>);
        }

        _calls.Clear();
        await _messaging.DisposeAsync();
        _messaging = OpenMessaging();
    }

    private Task MoveOn(int pick, bool named)
    {
        if (Pick(pick) is { IsFinal: false } message)
        {
            message.Status = message.Status switch
            {
                DeliveryStatus.Queued => DeliveryStatus.Sent,
                DeliveryStatus.Sent => DeliveryStatus.Delivered,
                _ => DeliveryStatus.Read,
            };
            CallBack(message, named);
        }

        return Task.CompletedTask;
    }

    private Task Fail(int pick, string code)
    {
        if (Pick(pick) is { Status: DeliveryStatus.Queued or DeliveryStatus.Sent } message)
        {
            (message.Status, message.ErrorCode) = (DeliveryStatus.Failed, code);
            CallBack(message, named: true);
        }

        return Task.CompletedTask;
    }

    private Carried? Pick(int pick) =>
        _provider.Messages.Count == 0 ? null : _provider.Messages[pick % _provider.Messages.Count];

    private void CallBack(Carried message, bool named)
    {
        named = Carrier.KeepsList ? named : Carrier.NamesOurs; // always, or never
        Publish(new StatusChanged
        {
            Provider = _provider.Name,
            ProviderMessageId = message.Sid,
            MessageId = named ? message.Order.MessageId : null,
            Attempt = named ? message.Order.Attempt : null,
            Recipient = Carrier.NamesOurs ? null : message.Order.To,
            Status = message.Status,
            ErrorCode = message.ErrorCode,
            ReceivedAt = _clock.GetUtcNow(),
        });
    }

    private Task Reply(int pick)
    {
        if (Pick(pick) is { Status: not DeliveryStatus.Failed } message)
        {
            Publish(new MessageReceived
            {
                Provider = _provider.Name,
                ProviderMessageId = $"SM{Guid.NewGuid():N}",
                From = message.Order.To,
                To = Sender,
                Text = "Oui",
                ReceivedAt = _clock.GetUtcNow(),
            });
        }

        return Task.CompletedTask;
    }

    /// <summary>Ours reads the clock; the ledger's instants are its database's, so they move into the past.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        _clock.Pass(time);
        _provider.Messages.ForEach(message => message.CreatedAt -= time);
        await ExecuteAsync(_messagingDb, """
            with slots as (
                update sender_slots set next_at = next_at - $1, halted_until = halted_until - $1
            )
            update send_attempts set
                claimed_at = claimed_at - $1, changed_at = changed_at - $1, look_at = look_at - $1
            """, time);
    }

    private async Task ReconcileAsync(bool lists)
    {
        _provider.Lists = lists;
        await Of<Reconciliation>().RoundAsync(CancellationToken.None);
    }

    private async Task RetryAsync()
    {
        await using var connection = await _campaignsDb.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var failed = await MessageRows.ReadAsync(transaction.Command(
            $"select {MessageRows.Columns} from messages m where m.status = 5 order by m.id for update"),
            CancellationToken.None);
        var changes = failed.Select(MessageRows.Change.Begin).ToList();
        foreach (var message in failed.Where(message => message.ErrorCode == CampaignMessage.Unconfirmed))
        {
            _riskedAgain[message.Id] = _riskedAgain.GetValueOrDefault(message.Id) + 1;
        }

        changes.ForEach(change => change.Message.Apply(new MessageReport.RetryRequested(_clock.GetUtcNow())));
        await MessageRows.SaveAsync(transaction, changes, CancellationToken.None);
        await transaction.CommitAsync();
    }
}
