using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Testing;

namespace Gateway.Tests;

public sealed class ForwardingTests(GatewayFixture fixture, DatabaseFixture databases) : IClassFixture<GatewayFixture>
{
    private static readonly char[] InTargets =
        [.. "abcXYZ019-._~!$&'()*+,;=:@/?%#[]{}|^\\\"`<>".Where(c => c != ' ')];

    [Theory]
    [InlineData("/api/webhooks/twilio?m=1&a=2#rc=5&rp=all")]
    [InlineData("/api/webhooks/twilio?q=%c3%A9&plus=a+b&space=a%20b&apos='%27&amp=%26&empty=&bare")]
    [InlineData("/api/webhooks/twilio?a=1&a=2&A=3&a=1")]
    [InlineData("/api/webhooks/twilio?&&=&?/?%2F%2f%25")]
    [InlineData("/api/webhooks/twilio?")]
    [InlineData("/api/webhooks/twilio/")]
    [InlineData("/api/webhooks/./twilio/../twilio//?x=..")]
    [InlineData("/api/webhooks/tw%69lio%2Fx;v=1?{}|^`\\\"<>[]")]
    public async Task The_target_of_a_webhook_arrives_byte_for_byte(string target) =>
        Assert.Equal(target, (await SendAsync(target)).Target);

    [Fact]
    public void Any_query_of_a_webhook_arrives_byte_for_byte() =>
        Prop.ForAll(Gen.Elements(InTargets).ArrayOf().ToArbitrary(), characters =>
        {
            var target = $"/api/webhooks/twilio?{new string(characters)}";
            return SendAsync(target).GetAwaiter().GetResult().Target == target;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_body_of_a_webhook_arrives_byte_for_byte() =>
        Prop.ForAll<byte[]>(body =>
        {
            using var client = fixture.Gateway.Anyone();
            using var content = new ByteArrayContent(body);
            content.Headers.Add("Content-Type", "application/x-www-form-urlencoded");
            using var answer = client.PostAsync("/api/webhooks/twilio", content).GetAwaiter().GetResult();
            var seen = answer.Content.ReadFromJsonAsync<Seen>().GetAwaiter().GetResult()!;
            return seen.Body.AsSpan().SequenceEqual(body)
                && seen.Headers["Content-Type"] == "application/x-www-form-urlencoded";
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task What_only_the_gateway_may_say_is_not_believed_from_outside()
    {
        var seen = await SendAsync(
            "/api/webhooks/twilio",
            "X-User-Name: admin\r\nx-user-role: admin\r\nX-User-Id: 1\r\nX-Forwarded-For: 6.6.6.6\r\n"
            + "X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Prefix: /evil\r\n"
            + "X-Forwarded-Port: 99666\r\nForwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\nX-Original-URL: /evil\r\n"
            + "X-Twilio-Signature: abc=\r\n");
        Assert.DoesNotContain(seen.Headers, header =>
            header.Key.StartsWith("X-User-", StringComparison.OrdinalIgnoreCase)
            || header.Value.Contains("6.6.6", StringComparison.Ordinal)
            || header.Value.Contains("99666", StringComparison.Ordinal)
            || header.Value.Contains("evil", StringComparison.Ordinal));
        Assert.Equal("127.0.0.1", seen.Headers["X-Forwarded-For"]);
        Assert.Equal("http", seen.Headers["X-Forwarded-Proto"]);
        Assert.Equal("public.example", seen.Headers["X-Forwarded-Host"]);
        Assert.Equal("abc=", seen.Headers["X-Twilio-Signature"]);
    }

    [Fact]
    public async Task A_service_learns_who_asks_and_in_which_role_but_no_secret()
    {
        using var program = await fixture.Gateway.WithKeyAsync("operator");
        program.DefaultRequestHeaders.Add("X-User-Name", "somebody");
        program.DefaultRequestHeaders.Add("X-User-Role", "admin");
        var byKey = (await program.GetFromJsonAsync<Seen>("/api/contacts"))!;
        Assert.Equal("campaigns", byKey.Service);
        Assert.Equal("key%3ACI", byKey.Headers["X-User-Name"]);
        Assert.Equal("operator", byKey.Headers["X-User-Role"]);

        using var person = await fixture.Gateway.SignedInAsync();
        var bySession = (await person.GetFromJsonAsync<Seen>("/api/contacts"))!;
        Assert.Equal("admin", bySession.Headers["X-User-Name"]);
        Assert.Equal("admin", bySession.Headers["X-User-Role"]);
        Assert.All([byKey, bySession], seen =>
        {
            Assert.DoesNotContain("Cookie", seen.Headers.Keys);
            Assert.DoesNotContain("Authorization", seen.Headers.Keys);
        });
    }

    [Fact]
    public async Task Events_arrive_one_by_one_while_the_stream_is_open()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var program = await fixture.Gateway.WithKeyAsync("viewer");
        await fixture.Campaigns.Events.Writer.WriteAsync("first", limit.Token);
        using var answer = await program.GetAsync(
            "/api/campaigns/1/events", HttpCompletionOption.ResponseHeadersRead, limit.Token);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(limit.Token));
        Assert.Equal("data: first", await reader.ReadLineAsync(limit.Token));
        foreach (var item in (string[])["second", "third"])
        {
            Assert.Equal("", await reader.ReadLineAsync(limit.Token));
            await fixture.Campaigns.Events.Writer.WriteAsync(item, limit.Token);
            Assert.Equal($"data: {item}", await reader.ReadLineAsync(limit.Token));
        }
    }

    [Theory]
    [InlineData("/api/webhooks/twilio", 64 * 1024)]
    [InlineData("/api/contacts", 1024 * 1024)]
    [InlineData("/api/campaigns", 10 * 1024 * 1024)] // 100,000 ids
    [InlineData("/api/campaigns/audience", 10 * 1024 * 1024)]
    public async Task A_body_up_to_the_limit_passes_and_a_larger_one_is_refused(string path, int limit)
    {
        using var client = await fixture.Gateway.WithKeyAsync("operator");
        foreach (var chunked in (bool[])[false, true])
        {
            var fits = chunked ? limit * 9 / 10 : limit; // the frames of the chunks count
            Assert.Equal(HttpStatusCode.OK, (await PostAsync(client, path, fits, chunked)).StatusCode);
            await Problem.AssertAsync(
                await PostAsync(client, path, limit + 1, chunked), HttpStatusCode.RequestEntityTooLarge);
        }
    }

    [Theory]
    [InlineData("/api/contacts/import")]
    [InlineData("/api/contacts/import/check")]
    [InlineData("/api/contacts/imports/0198c1d2-0000-7000-8000-000000000000/rejects")]
    public async Task An_import_may_be_large(string path)
    {
        using var client = await fixture.Gateway.WithKeyAsync("operator");
        using var answer = await PostAsync(client, path, 20 * 1024 * 1024, chunked: true);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var refused = await fixture.Gateway.SendRawAsync(
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept-Language: fr-CH, en\r\n"
            + $"Authorization: {client.DefaultRequestHeaders.Authorization}\r\nContent-Length: 209715201\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", refused, StringComparison.Ordinal);
        Assert.Contains("Au plus 200 Mo", refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/contacts", 1024 * 1024, "en", "At most 1 MB can be sent here at once: send it in parts.")]
    [InlineData(
        "/api/webhooks/twilio", 64 * 1024, "fr",
        "Au plus 64 Ko peuvent être envoyés ici à la fois : procédez en plusieurs envois.")]
    public async Task Who_sends_too_much_learns_how_much_may_be_sent(
        string path, int limit, string language, string remedy)
    {
        using var client = await fixture.Gateway.WithKeyAsync("operator");
        client.DefaultRequestHeaders.Add("Accept-Language", language);
        foreach (var chunked in (bool[])[false, true])
        {
            var problem = await Problem.AssertAsync(
                await PostAsync(client, path, limit + 1, chunked), HttpStatusCode.RequestEntityTooLarge);
            Assert.Equal(remedy, problem.GetProperty("detail").GetString());
        }
    }

    [Fact]
    public async Task A_sign_in_has_a_small_limit()
    {
        using var client = fixture.Gateway.Anyone();
        await Problem.AssertAsync(
            await PostAsync(client, "/api/auth/login", 20_000, chunked: false, "application/json"),
            HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task An_empty_refusal_of_a_service_stays_its_own()
    {
        using var client = fixture.Gateway.Anyone();
        using var answer = await client.GetAsync("/api/webhooks/empty404");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_service_that_is_away_or_unknown_is_a_problem_of_the_gateway_that_starts_without_it()
    {
        var away = await Backend.StartAsync("campaigns");
        var address = away.Address;
        await away.DisposeAsync();
        await using var gateway = RunningGateway.Start(
            await databases.CreateDatabaseAsync(), new() { ["services:campaigns:http:0"] = address.AbsoluteUri });
        using var client = await gateway.SignedInAsync();
        var problem = await Problem.AssertAsync(await client.GetAsync("/api/contacts"), HttpStatusCode.BadGateway);
        Assert.Contains("campaigns", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await Problem.AssertAsync(
            await client.PostAsync("/api/webhooks/twilio", null), HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Replicas_share_the_work_and_of_a_dead_one_nobody_notices()
    {
        await using var first = await Backend.StartAsync("first");
        var second = await Backend.StartAsync("second");
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync(), new()
        {
            ["services:webhooks:http:0"] = first.Address.AbsoluteUri,
            ["services:webhooks:http:1"] = second.Address.AbsoluteUri,
        });
        using var client = gateway.Anyone();
        var asked = new HashSet<string>();
        await Eventually.BecomesTrueAsync(async () =>
        {
            asked.Add((await client.GetFromJsonAsync<Seen>("/api/webhooks/meta"))!.Service);
            return asked.Count == 2;
        });

        await second.DisposeAsync();
        for (var request = 0; request < 25; request++)
        {
            Assert.Equal("first", (await client.GetFromJsonAsync<Seen>("/api/webhooks/meta"))!.Service);
            using var answer = await client.PostAsync("/api/webhooks/meta", new StringContent("whole"));
            var seen = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Seen>();
            Assert.Equal("whole"u8.ToArray(), seen!.Body);
        }
    }

    [Fact]
    public async Task The_phones_to_practise_with_are_the_emulators_for_operators_only()
    {
        await using var phones = await Backend.StartAsync("emulator");
        await using var gateway = RunningGateway.Start(
            await databases.CreateDatabaseAsync(), new() { ["services:emulator:http:0"] = phones.Address.AbsoluteUri });
        using var program = await gateway.WithKeyAsync("operator");
        using var viewer = await gateway.WithKeyAsync("viewer");

        foreach (var (path, target) in new[]
        {
            ("/api/practice/phones?messages=20", "/phones?messages=20"),
            ("/api/practice/phones/+33612345678/messages", "/phones/+33612345678/messages"),
            ("/api/./practice/phones", "/phones"),
        })
        {
            var seen = (await program.GetFromJsonAsync<Seen>(path))!;
            Assert.Equal(("emulator", target), (seen.Service, seen.Target));
        }

        using var refused = await viewer.GetAsync("/api/practice/phones");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var other = await program.GetAsync("/api/practice/v1/Content");
        Assert.NotEqual(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Without_the_emulator_there_are_no_phones()
    {
        using var program = await fixture.Gateway.WithKeyAsync("operator");
        foreach (var path in (string[])["/api/practice/phones", "/api/practice/phones/+33612345678"])
        {
            using var answer = await program.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Pages_come_from_the_front_end_if_there_is_one()
    {
        await using var pages = await Backend.StartAsync("frontend");
        await using var gateway = RunningGateway.Start(
            await databases.CreateDatabaseAsync(), new() { ["services:frontend:http:0"] = pages.Address.AbsoluteUri });
        using var client = gateway.Anyone();
        foreach (var path in (string[])["/", "/campaigns/1?tab=messages"])
        {
            client.DefaultRequestHeaders.Remove("Cookie");
            client.DefaultRequestHeaders.Add("Cookie", "culture=fr");
            var seen = (await client.GetFromJsonAsync<Seen>(path))!;
            Assert.Equal(("frontend", path, "culture=fr"), (seen.Service, seen.Target, seen.Headers["Cookie"]));
        }
    }

    [Fact]
    public async Task Without_a_front_end_the_first_page_shows_the_way()
    {
        using var client = fixture.Gateway.Anyone();
        using var answer = await client.GetAsync("/");
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("href=\"/docs\"", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/health\"", page, StringComparison.Ordinal);
        await Problem.AssertAsync(await client.GetAsync("/elsewhere"), HttpStatusCode.NotFound);
    }

    private static async Task<HttpResponseMessage> PostAsync(
        HttpClient client, string path, int size, bool chunked, string mediaType = "text/csv")
    {
        using var content = new ByteArrayContent(new byte[size]);
        content.Headers.ContentType = new(mediaType);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        request.Headers.ExpectContinue = true; // a refusal is read before the body is sent
        return await client.SendAsync(request);
    }

    private async Task<Seen> SendAsync(string target, string headers = "")
    {
        var answer = await fixture.Gateway.SendRawAsync(
            $"POST {target} HTTP/1.1\r\nHost: public.example\r\nConnection: close\r\nContent-Length: 0\r\n{headers}\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        var json = answer[answer.IndexOf('{', StringComparison.Ordinal)..(answer.LastIndexOf('}') + 1)];
        return JsonSerializer.Deserialize<Seen>(json, JsonSerializerOptions.Web)!;
    }
}
