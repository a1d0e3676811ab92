using System.Data.Common;
using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ServiceDefaults;

/// <summary>A service's own PostgreSQL database: data source, migrations at start, health.</summary>
public static class Database
{
    /// <summary>
    /// Registers the <see cref="NpgsqlDataSource"/> of <c>ConnectionStrings:<paramref name="name"/></c> and applies the
    /// <c>Migrations/*.sql</c> files embedded in the service before the service starts, unless it
    /// <paramref name="startsWithout"/>.
    /// </summary>
    public static WebApplicationBuilder AddDatabase(
        this WebApplicationBuilder builder, string name, bool startsWithout = false)
    {
        var connectionString = builder.Configuration.GetConnectionString(name)
            ?? throw new InvalidOperationException($"ConnectionStrings__{name} is not set: the database's address.");
        builder.Services.AddSingleton(services => new NpgsqlDataSourceBuilder(Prepared(connectionString))
            .UseLoggerFactory(services.GetRequiredService<ILoggerFactory>())
            // Loops that look for work would begin a trace with each look.
            .ConfigureTracing(tracing => tracing
                .ConfigureCommandFilter(_ => Activity.Current is not null)
                .ConfigureBatchFilter(_ => Activity.Current is not null))
            .Build());
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealth>("database");
        // Inserted first, so that no other background service starts on an old schema.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(services => new Migrations(
            services.GetRequiredService<NpgsqlDataSource>(), services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<Migrations>>(), Assembly.Load(builder.Environment.ApplicationName),
            holdsUp: !startsWithout, services.GetRequiredService<IHostApplicationLifetime>())));
        return builder;
    }

    /// <summary>
    /// What is said often is parsed and planned once a connection: at 80 messages a second planning took a third of the
    /// server's time. https://www.npgsql.org/doc/prepare.html#automatic-preparation
    /// </summary>
    public static string Prepared(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 100 }.ConnectionString;

    /// <summary>Maps every table, column and key to snake_case, as the SQL files name them.</summary>
    public static void UseSnakeCase(this ModelBuilder model)
    {
        foreach (var entity in model.Model.GetEntityTypes())
        {
            entity.SetTableName(SnakeCase(entity.GetTableName() ?? entity.ShortName()));
            foreach (var property in entity.GetProperties())
            {
                property.SetColumnName(SnakeCase(property.GetColumnName()));
            }
        }
    }

    /// <summary>True for faults that pass by themselves: a broken connection, a restart, a deadlock.</summary>
    public static bool IsTransient(Exception? exception) => exception switch
    {
        null => false,
        NpgsqlException { IsTransient: true } => true,
        PostgresException { SqlState: "57P01" or "57P02" or "57P03" or "40001" or "40P01" or "53300" } => true,
        DbException { InnerException: System.IO.IOException or System.Net.Sockets.SocketException } => true,
        System.Net.Sockets.SocketException or TimeoutException => true,
        _ => IsTransient(exception.InnerException),
    };

    internal static string SnakeCase(string name) => string.Concat(name.Select((letter, index) =>
        char.IsUpper(letter) && index > 0 && !char.IsUpper(name[index - 1]) ? $"_{char.ToLowerInvariant(letter)}"
        : char.ToLowerInvariant(letter).ToString()));

    private sealed class DatabaseHealth(NpgsqlDataSource database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var command = database.CreateCommand("select 1");
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (DbException)
            {
                return HealthCheckResult.Unhealthy("The database does not answer.");
            }
        }
    }
}
