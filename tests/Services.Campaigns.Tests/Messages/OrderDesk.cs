using System.Collections.Concurrent;
using System.Threading.Channels;
using Contracts;
using MassTransit;

namespace Services.Campaigns.Tests;

/// <summary>
/// Plays Messaging: takes the orders and accepts each at once, so that none blocks the way of the next, unless a test
/// has taken over the answers for its numbers.
/// </summary>
internal sealed class OrderDesk : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Shift> _shifts = new();
    private readonly Channel<CheckWebhooks> _checks = Channel.CreateUnbounded<CheckWebhooks>();
    private readonly IBusControl _bus;

    private OrderDesk(Uri broker) => _bus = Bus.Factory.CreateUsingRabbitMq(rabbit =>
    {
        rabbit.Host(broker);
        rabbit.ReceiveEndpoint($"order-desk-{Guid.NewGuid():N}", endpoint =>
        {
            endpoint.AutoDelete = true;
            endpoint.ConcurrentMessageLimit = 1; // in the order of their coming
            endpoint.Handler<SendMessage>(context => TakeAsync(context.Message));
            endpoint.Handler<CheckWebhooks>(context => _checks.Writer.WriteAsync(context.Message).AsTask());
        });
    });

    public static async Task<OrderDesk> OpenAsync(Uri broker)
    {
        var desk = new OrderDesk(broker);
        await desk._bus.StartAsync();
        return desk;
    }

    /// <summary>From now on the orders to these numbers are the test's to answer.</summary>
    public Shift TakeOver(params IEnumerable<string> phones) => new(this, [.. phones]);

    /// <summary>The next order to test the webhooks.</summary>
    public async Task<CheckWebhooks> NextCheckAsync()
    {
        using var limit = new CancellationTokenSource(Shift.Patience);
        return await _checks.Reader.ReadAsync(limit.Token);
    }

    public Task SayAsync<T>(T message)
        where T : class => _bus.Publish(message);

    public Task AcceptAsync(SendMessage order) => SayAsync(new MessageAccepted
    {
        MessageId = order.MessageId,
        Attempt = order.Attempt,
        Provider = "twilio",
        ProviderMessageId = $"SM{order.MessageId:N}{order.Attempt}",
        AcceptedAt = Now(),
    });

    /// <summary>A person writes; the answer is the event, which may be said again.</summary>
    public async Task<MessageReceived> WriteAsync(
        string from, string text, TimeSpan later = default, string to = "+14155238886")
    {
        var received = new MessageReceived
        {
            Provider = "twilio",
            ProviderMessageId = $"SM{Guid.NewGuid():N}",
            From = from,
            To = to,
            Text = text,
            ReceivedAt = Now() + later,
        };
        await SayAsync(received);
        return received;
    }

    public static DateTimeOffset Now() => TimeProvider.System.GetUtcNow();

    public async ValueTask DisposeAsync() => await _bus.StopAsync();

    private Task TakeAsync(SendMessage order) =>
        _shifts.TryGetValue(order.To, out var shift) ? shift.TakeAsync(order) : AcceptAsync(order);

    /// <summary>At its end, whatever it has left unanswered is accepted.</summary>
    internal sealed class Shift : IAsyncDisposable
    {
        public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

        private readonly Channel<SendMessage> _orders = Channel.CreateUnbounded<SendMessage>();
        private readonly ConcurrentDictionary<(Guid, int), SendMessage> _open = new();
        private readonly OrderDesk _desk;
        private readonly string[] _phones;

        public Shift(OrderDesk desk, string[] phones)
        {
            (_desk, _phones) = (desk, phones);
            foreach (var phone in phones)
            {
                desk._shifts[phone] = this;
            }
        }

        /// <summary>All orders so far.</summary>
        public ConcurrentQueue<SendMessage> Taken { get; } = new();

        /// <summary>True if an order came while another one was unanswered.</summary>
        public bool Overlapped { get; private set; }

        /// <summary>The next order, as soon as it comes.</summary>
        public async Task<SendMessage> NextAsync()
        {
            using var limit = new CancellationTokenSource(Patience);
            return await _orders.Reader.ReadAsync(limit.Token);
        }

        public Task AcceptAsync(SendMessage order) => AnswerAsync(order, () => _desk.AcceptAsync(order));

        public Task RejectAsync(SendMessage order, string code, string provider = "twilio") => AnswerAsync(
            order, () => _desk.SayAsync(new MessageRejected
            {
                MessageId = order.MessageId,
                Attempt = order.Attempt,
                Provider = provider,
                ErrorCode = code,
                RejectedAt = Now(),
            }));

        /// <summary>The provider takes nothing any more from the order's sender.</summary>
        public Task StopSenderAsync(SendMessage order) => AnswerAsync(order, () => _desk.SayAsync(new MessageRejected
        {
            MessageId = order.MessageId,
            Attempt = order.Attempt,
            Provider = "twilio",
            ErrorCode = "63007",
            StopsSender = true,
            RejectedAt = Now(),
        }));

        public Task DeferAsync(SendMessage order, DateTimeOffset notBefore) => AnswerAsync(order, () => _desk.SayAsync(
            new MessageDeferred
            {
                MessageId = order.MessageId,
                Attempt = order.Attempt,
                Provider = "twilio",
                ErrorCode = "63018",
                NotBefore = notBefore,
                DeferredAt = Now(),
            }));

        /// <param name="order">Not sent.</param>
        /// <param name="notBefore">Until then its sender rests.</param>
        /// <param name="code">Why it does.</param>
        public Task ReturnAsync(SendMessage order, DateTimeOffset? notBefore = null, string? code = null) =>
            AnswerAsync(order, () => _desk.SayAsync(new MessageReturned
            {
                MessageId = order.MessageId,
                Attempt = order.Attempt,
                NotBefore = notBefore,
                ErrorCode = code,
                ReturnedAt = Now(),
            }));

        /// <summary>Accepts the next <paramref name="count"/> orders, each as it comes.</summary>
        public async Task<List<SendMessage>> AcceptNextAsync(int count)
        {
            var orders = new List<SendMessage>();
            while (orders.Count < count)
            {
                orders.Add(await NextAsync());
                await AcceptAsync(orders[^1]);
            }

            return orders;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var phone in _phones)
            {
                _desk._shifts.TryRemove(phone, out _);
            }

            foreach (var order in _open.Values)
            {
                await _desk.AcceptAsync(order);
            }
        }

        internal Task TakeAsync(SendMessage order)
        {
            Overlapped |= !_open.IsEmpty;
            _open[(order.MessageId, order.Attempt)] = order;
            Taken.Enqueue(order);
            return _orders.Writer.WriteAsync(order).AsTask();
        }

        private Task AnswerAsync(SendMessage order, Func<Task> say)
        {
            _open.TryRemove((order.MessageId, order.Attempt), out _);
            return say();
        }
    }
}
