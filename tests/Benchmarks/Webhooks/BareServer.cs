using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using Services.Webhooks;

namespace Benchmarks;

/// <summary>
/// The yardstick: the least that can be called a webhook. Kestrel without logging, configuration or middleware, the
/// same check of the signature, and RabbitMQ.Client itself with confirms and the mandatory flag.
/// </summary>
internal static class BareServer
{
    public static async Task RunAsync()
    {
        var factory = new ConnectionFactory
        {
            Uri = new(Environment.GetEnvironmentVariable("ConnectionStrings__rabbitmq")!),
        };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls(Environment.GetEnvironmentVariable("ASPNETCORE_URLS")!);
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        app.MapPost(SignedRequest.Path, context => HandleAsync(context, channel));
        await app.RunAsync();
    }

    private static async Task HandleAsync(HttpContext context, IChannel channel)
    {
        var read = await context.Request.BodyReader.ReadAtLeastAsync((int)context.Request.ContentLength!.Value);
        var status = Verify(context, read.Buffer.FirstSpan);
        context.Request.BodyReader.AdvanceTo(read.Buffer.End);
        if (status is null)
        {
            context.Response.StatusCode = 403;
            return;
        }

        await channel.BasicPublishAsync(
            Load.Exchange, "", mandatory: true,
            new BasicProperties { Persistent = true, MessageId = Guid.NewGuid().ToString() },
            JsonSerializer.SerializeToUtf8Bytes(status.Event));
        context.Response.ContentType = "text/xml";
        context.Response.ContentLength = 11;
        await context.Response.Body.WriteAsync("<Response/>"u8.ToArray());
    }

    private static TwilioCallback.Status? Verify(HttpContext context, ReadOnlySpan<byte> body)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        using var form = TwilioForm.Parse(body);
        return TwilioSignature.IsValid(
                context.Request.Headers[TwilioSignature.Header].ToString(), Load.Origins, target, form,
                [Encoding.UTF8.GetBytes(Load.Token)])
            ? (TwilioCallback.Status)TwilioCallback.From(
                form, target, Load.AccountSid, TimeProvider.System.GetUtcNow())
            : null;
    }
}
