using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ServiceDefaults;

/// <summary>
/// Traces, metrics and logs over OTLP, if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set. ASP.NET Core, HttpClient, Npgsql
/// and MassTransit bring their own sources; MassTransit carries the trace context in its message headers, the outbox
/// in a column, so one trace spans the request, the queue and the provider's call.
/// </summary>
internal static class Telemetry
{
    /// <summary>Sources and meters of our own are named under this prefix.</summary>
    private const string Ours = "Campaigns.*";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        var resource = ResourceBuilder.CreateDefault()
            .AddService(builder.Environment.ApplicationName)
            .AddEnvironmentVariableDetector(); // OTEL_SERVICE_NAME wins

        builder.Logging.AddOpenTelemetry(logs => logs.SetResourceBuilder(resource).AddOtlpExporter());
        var tracing = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource("Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "MassTransit", Ours)
            .AddOtlpExporter();
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_TRACES_SAMPLER"]))
        {
            // The SDK's default obeys the caller, and ours are the public: their traceparent would switch traces off.
            tracing.SetSampler(new AlwaysOnSampler());
        }

        builder.Services.AddSingleton(_ => tracing.Build());
        builder.Services.AddSingleton(_ => Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(
                "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http",
                "System.Runtime", "Npgsql", "MassTransit", Ours)
            .AddOtlpExporter()
            .Build());
        builder.Services.AddHostedService<TelemetryStart>().AddSingleton<IStartupFilter, RequestSpans>();
    }

    // Providers listen from when they are built, and flush when the container disposes them.
    private sealed class TelemetryStart(TracerProvider tracer, MeterProvider meter) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            _ = (tracer, meter);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>
    /// Gives the spans of requests their name, route and outcome: ASP.NET Core does so by itself from .NET 11 on.
    /// https://learn.microsoft.com/aspnet/core/breaking-changes/11/http-activity-otel-semconv
    /// </summary>
    private sealed class RequestSpans : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (context, following) =>
            {
                await following(context);
                if (context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span)
                {
                    Describe(span, context);
                }
            });
            next(app);
        };

        private static void Describe(Activity span, HttpContext context)
        {
            var (method, status) = (context.Request.Method, context.Response.StatusCode);
            // The exception handler takes the endpoint away.
            var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
            var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText;
            span.DisplayName = route is null ? method : $"{method} {route}";
            span.SetTag("http.request.method", method).SetTag("http.route", route)
                .SetTag("http.response.status_code", status);
            if (status >= StatusCodes.Status500InternalServerError)
            {
                span.SetStatus(ActivityStatusCode.Error);
            }
        }
    }
}
