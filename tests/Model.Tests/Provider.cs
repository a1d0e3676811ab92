using System.Runtime.CompilerServices;
using Contracts;
using Services.Messaging;

namespace Model.Tests;

/// <summary>A provider as far as it differs from others: what it can be asked, what its reports name, its codes.</summary>
/// <param name="KeepsList">Whether it can be asked what it has.</param>
/// <param name="NamesOurs">Whether a report can name our message and attempt; else the person only.</param>
internal sealed record Carrier(
    string Name, bool KeepsList, bool NamesOurs, string RefusesForGood, string RefusesForNow, string FailsForGood,
    string FailsForNow)
{
    public static readonly Carrier Twilio = new("twilio", true, true, "21211", "63018", "63016", "63018");

    public static readonly Carrier Gupshup =
        new("gupshup", false, false, "invalid_destination", "http_429", "1002", "500");

    public static readonly Carrier Meta = new("meta", false, true, "131021", "131056", "131026", "131056");

    public override string ToString() => Name;
}

/// <summary>A message that the provider has: the truth that our books must agree with in the end.</summary>
internal sealed class Carried(SendMessage order, DateTimeOffset createdAt)
{
    public string Sid { get; } = $"SM{Guid.NewGuid():N}";

    public SendMessage Order => order;

    /// <summary>By the ledger database's clock, which does not know of time that a history lets pass.</summary>
    public DateTimeOffset CreatedAt { get; set; } = createdAt;

    public DeliveryStatus Status { get; set; } = DeliveryStatus.Queued;

    public string? ErrorCode { get; set; }

    /// <summary>One phone stays switched off.</summary>
    public bool IsFinal => Status is DeliveryStatus.Read or DeliveryStatus.Failed
        || (Status is DeliveryStatus.Sent && Order.To.EndsWith('4'));
}

/// <summary>A call that has reached the provider and waits for its answer.</summary>
internal sealed record Call(SendMessage Order)
{
    public TaskCompletionSource<SendResult> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Decided on arrival, whatever becomes of the answer.</summary>
    public required SendResult Result { get; init; }

    /// <summary>The consumer that waits for the answer.</summary>
    public Task Consumer { get; set; } = Task.CompletedTask;
}

/// <summary>
/// The provider of the model: says yes or no to a call when it arrives, and answers when the history says so, if ever.
/// </summary>
internal sealed class Provider(Carrier carrier) : IMessageProvider
{
    private readonly Queue<SendResult?> _verdicts = new();
    private TaskCompletionSource<Call> _arrival = new();

    public Carrier Carrier => carrier;

    public string Name => carrier.Name;

    public bool KeepsList => carrier.KeepsList;

    public List<Carried> Messages { get; } = [];

    /// <summary>False: its list cannot be read.</summary>
    public bool Lists { get; set; } = true;

    /// <summary>Completes with the next call that comes in.</summary>
    public Task<Call> NextCall => _arrival.Task;

    /// <summary>What the next call is answered; null: accepted.</summary>
    public void Decide(SendResult? verdict)
    {
        _verdicts.Clear();
        _verdicts.Enqueue(verdict);
        _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public async Task<SendResult> SendAsync(
        SendMessage message, Func<Task<bool>> leave, CancellationToken cancellationToken)
    {
        Assert.True(await leave());
        var result = _verdicts.TryDequeue(out var verdict) ? verdict : null;
        if (result is null)
        {
            Messages.Add(new(message, TimeProvider.System.GetUtcNow()));
            result = new SendResult.Accepted(Messages[^1].Sid);
        }

        var call = new Call(message) { Result = result };
        _arrival.SetResult(call);
        return await call.Answer.Task;
    }

    public async IAsyncEnumerable<IReadOnlyList<ProviderMessage>> ListAsync(
        MessageFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!Lists)
        {
            throw new ProviderSilentException("The history wants it so.");
        }

        await Task.CompletedTask;
        yield return
        [
            .. Messages.AsEnumerable().Reverse()
                .Where(message => message.CreatedAt >= filter.Since && message.Order.To == (filter.To ?? message.Order.To))
                .Select(Of),
        ];
    }

    public Task<ProviderMessage?> FindAsync(string providerMessageId, CancellationToken cancellationToken) =>
        Lists
            ? Task.FromResult(Messages.Where(message => message.Sid == providerMessageId).Select(Of).SingleOrDefault())
            : throw new ProviderSilentException("The history wants it so.");

    public Task<string?> CheckWebhookAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    private static ProviderMessage Of(Carried message) => new()
    {
        ProviderMessageId = message.Sid,
        From = message.Order.From,
        To = message.Order.To,
        Text = message.Order.Text,
        Status = message.Status,
        ErrorCode = message.ErrorCode,
        CreatedAt = message.CreatedAt,
        EventId = DerivedId.OfStatus(Carrier.Twilio.Name, message.Sid, $"{message.Status}", message.ErrorCode),
    };
}
