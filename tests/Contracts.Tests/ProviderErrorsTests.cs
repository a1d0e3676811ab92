using FsCheck;
using FsCheck.Fluent;
using static Contracts.RetryAdvice;

namespace Contracts.Tests;

public sealed class ProviderErrorsTests
{
    /// <summary>What Twilio documents on each code, by whether another attempt can help.</summary>
    private static readonly Dictionary<RetryAdvice, string> Twilio = new()
    {
        [Never] = """
            20003 20005 20404 21211 21408 21602 21603 21604 21606 21608 21609 21610 21612 21614 21617 21658 21620 21623
            21654 21655 21656 92005 92006 92007 21703 21704 21705 21910 30016 30002 30004 30005 30006 30007 30009
            63001 63003 63005 63007 63008 63013 63014 63015 63016 63019 63034 63021 63028 63030 63024 63027 63040 63042
            63031 63032 63033 63051 63112
            11200 11205 11210 11220 11235 11237 11750 12100 12200 12300 14107 14109
            InvalidSandboxRequest
            """,
        [Backoff] = "20429 20503 30001 30008 30500 63010 63009 63012 63017 63018",
        [Later] = "21611 30003 30036 63038 63041 63049",
        [Verify] = "20500 30410",
    };

    /// <summary>What Gupshup documents on each code, and our own words for what it answers without one.</summary>
    private static readonly Dictionary<RetryAdvice, string> Gupshup = new()
    {
        [Never] = """
            1001 1002 1003 1004 1005 1006 1007 1008 1009 1010 1011 1012 4003 4004 4005
            http_401 invalid_app_details invalid_destination
            """,
        [Backoff] = "500 4001 4002",
    };

    /// <summary>What Meta documents on each code; 470 to 472 and 1013 are of its older API.</summary>
    private static readonly Dictionary<RetryAdvice, string> Meta = new()
    {
        [Never] = $"""
            0 3 10 100 190 {string.Join(' ', Enumerable.Range(200, 100))} 368
            130472 130497 131005 131008 131009 131021 131026 131030 131031 131042 131047 131048 131050 131051 131052
            131062 131064 132000 132001 132005 132007 132008 132012 132015 132016 133010
            470 472 1013
            """,
        [Backoff] = "4 80007 130429 131000 131016 131053 131056 131057 135000 471",
        [Later] = "131049",
    };

    private static readonly (string Provider, string Code, RetryAdvice Retry)[] Documented =
        [.. Codes("twilio", Twilio), .. Codes("gupshup", Gupshup), .. Codes("meta", Meta)];

    /// <summary>Every further message of the same sender would fail alike.</summary>
    private static readonly Dictionary<string, string[]> Stopping = new()
    {
        ["twilio"] = ["20003", "20005", "30002", "63001", "63007", "63051", "63112"],
        ["gupshup"] = ["1003", "4001", "http_401", "invalid_app_details"],
        ["meta"] =
        [
            "0", "3", "10", "190", .. Enumerable.Range(200, 100).Select(code => $"{code}"), "368",
            "131005", "131031", "131042", "131048", "131064", "133010",
        ],
    };

    public static TheoryData<string, string, RetryAdvice> Advice() => [.. Documented];

    [Theory]
    [MemberData(nameof(Advice))]
    public void Every_code_of_a_provider_has_its_advice(string provider, string code, RetryAdvice retry)
    {
        var error = ProviderErrors.Find(provider, code);

        Assert.Equal(
            (code, retry, retry == Never, Stopping[provider].Contains(code)),
            (error.Code, error.Retry, error.Permanent, error.StopsSender));
        Assert.NotEqual(Unknown(provider).English.Title, error.English.Title);
        Assert.NotEqual(Unknown(provider).French.Title, error.French.Title);
    }

    [Theory]
    [InlineData("twilio")]
    [InlineData("gupshup")]
    [InlineData("meta")]
    public void The_dictionary_of_a_provider_holds_no_code_that_is_not_checked_here(string provider) =>
        Assert.Equal(
            Documented.Where(known => known.Provider == provider).Select(known => known.Code)
                .Concat(provider == "twilio" ? ["#"] : []).Order(StringComparer.Ordinal),
            ErrorFile.ReadAll()[provider].Errors.Select(error => error.Code).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("meta", "131049", Later, ErrorActor.Nobody)]
    [InlineData("gupshup", "131049", Later, ErrorActor.Nobody)]
    [InlineData("meta", "131047", Never, ErrorActor.Manager)]
    [InlineData("gupshup", "470", Never, ErrorActor.Manager)]
    [InlineData("meta", "131056", Backoff, ErrorActor.Nobody)]
    [InlineData("meta", "131050", Never, ErrorActor.Recipient)]
    [InlineData("meta", "190", Never, ErrorActor.Administrator)]
    [InlineData("gupshup", "1002", Never, ErrorActor.Manager)]
    [InlineData("gupshup", "1003", Never, ErrorActor.Administrator)]
    [InlineData("gupshup", "1012", Never, ErrorActor.Recipient)]
    [InlineData("gupshup", "4002", Backoff, ErrorActor.Provider)]
    [InlineData("gupshup", "invalid_destination", Never, ErrorActor.Manager)]
    [InlineData("gupshup", "invalid_app_details", Never, ErrorActor.Administrator)]
    public void Whoever_can_mend_it_is_named(string provider, string code, RetryAdvice retry, ErrorActor actor)
    {
        var error = ProviderErrors.Find(provider, code);

        Assert.Equal((retry, actor), (error.Retry, error.Actor));
    }

    [Theory]
    [InlineData("gupshup")]
    [InlineData("Gupshup")]
    public void Gupshup_passes_the_codes_of_Meta_on(string gupshup) =>
        Assert.All(
            Documented.Where(known => known.Provider == "meta"
                && (known.Code.Length > 4 || known.Code.StartsWith("47", StringComparison.Ordinal))),
            known => Assert.Same(ProviderErrors.Find("meta", known.Code), ProviderErrors.Find(gupshup, known.Code)));

    [Theory]
    [InlineData("meta", "1002")]
    [InlineData("gupshup", "190")]
    [InlineData("meta", "invalid_destination")]
    [InlineData("common", "131049")]
    [InlineData("", "131049")]
    [InlineData(null, "131049")]
    public void Nobody_else_has_the_codes_of_another(string? provider, string code) =>
        Assert.Equal(Unknown("meta").English.Title, ProviderErrors.Find(provider, code).English.Title);

    [Fact]
    public void A_refusal_by_Gupshup_without_a_code_is_explained_by_its_status()
    {
        Assert.Contains("API key", ProviderErrors.Find("gupshup", "http_401").English.Action);
        Assert.Same(ProviderErrors.Find(null, "http_429"), ProviderErrors.Find("gupshup", "http_429"));
        Assert.Equal(ProviderErrors.Find(null, "http_500"), ProviderErrors.Find("gupshup", "http_500"));
        Assert.Equal(Verify, ProviderErrors.Find("gupshup", "http_500").Retry);
    }

    [Theory]
    [InlineData("not_connected", Backoff, ErrorActor.Administrator)]
    [InlineData("outcome_unknown", Backoff, ErrorActor.Provider)]
    [InlineData("unconfirmed", Never, ErrorActor.Manager)]
    [InlineData("http_400", Never, ErrorActor.Administrator)]
    [InlineData("http_401", Never, ErrorActor.Administrator)]
    [InlineData("http_404", Never, ErrorActor.Administrator)]
    [InlineData("http_429", Backoff, ErrorActor.Nobody)]
    [InlineData("http_500", Verify, ErrorActor.Provider)]
    [InlineData("http_503", Verify, ErrorActor.Provider)]
    [InlineData("opted_out", Never, ErrorActor.Recipient)]
    [InlineData("no_open_session", Never, ErrorActor.Recipient)]
    [InlineData("missing_variable", Never, ErrorActor.Manager)]
    [InlineData("missing_variable:city", Never, ErrorActor.Manager)]
    [InlineData("too_many_failures", Never, ErrorActor.Manager)]
    [InlineData("missed_start", Never, ErrorActor.Manager)]
    [InlineData("daily_cap", Later, ErrorActor.Nobody)]
    [InlineData("quiet_period", Never, ErrorActor.Nobody)]
    [InlineData("expired", Never, ErrorActor.Nobody)]
    [InlineData("", Never, ErrorActor.Administrator)]
    public void Our_own_reasons_are_explained_under_every_provider(string code, RetryAdvice retry, ErrorActor actor)
    {
        Assert.All(["twilio", "gupshup", "meta", "", null], provider =>
        {
            var error = ProviderErrors.Find(provider, code);

            Assert.Equal((code, retry, actor), (error.Code, error.Retry, error.Actor));
            Assert.NotEqual(Unknown("gupshup").English.Title, error.English.Title);
        });
    }

    [Fact]
    public void An_unknown_sender_and_a_recipient_who_has_not_joined_are_two_things()
    {
        var sender = ProviderErrors.Find("twilio", "63007");
        var recipient = ProviderErrors.Find("twilio", "63015");

        Assert.Equal((ErrorActor.Administrator, true), (sender.Actor, sender.StopsSender));
        Assert.DoesNotContain("join", sender.English.Explanation + sender.English.Action);
        Assert.Equal((ErrorActor.Recipient, false), (recipient.Actor, recipient.StopsSender));
        Assert.Contains("join", recipient.English.Action);
    }

    [Fact]
    public void A_missing_variable_and_a_bare_refusal_are_named()
    {
        Assert.Contains("“city”", ProviderErrors.Find("twilio", "missing_variable:city").English.Action);
        Assert.Contains("«\u00A0city\u00A0»", ProviderErrors.Find("twilio", "missing_variable:city").French.Action);
        Assert.Contains("status 418", ProviderErrors.Find("twilio", "http_418").English.Explanation);
        Assert.Contains("status 502", ProviderErrors.Find("twilio", "http_502").English.Explanation);
    }

    [Fact]
    public void An_unknown_number_of_Twilio_leads_to_its_page_there()
    {
        var error = ProviderErrors.Find("Twilio", "63999");

        Assert.All([error.English, error.French], text =>
        {
            Assert.Contains("63999", text.Explanation);
            Assert.EndsWith("https://www.twilio.com/docs/api/errors/63999", text.Action);
        });
    }

    [Theory]
    [InlineData("twilio", "UnheardOf")]
    [InlineData("gupshup", "63015")]
    [InlineData("meta", "63015")]
    [InlineData("meta", "131999")]
    public void Other_unknown_codes_are_explained_without_Twilio(string provider, string code)
    {
        var error = ProviderErrors.Find(provider, code);

        Assert.Contains(code, error.English.Explanation);
        Assert.DoesNotContain("Twilio", error.English.ToString());
        Assert.DoesNotContain("Twilio", error.French.ToString());
    }

    [Theory]
    [InlineData("#")]
    [InlineData("*")]
    [InlineData("http_*")]
    [InlineData("missing_variable:*")]
    public void The_signs_of_the_files_are_no_codes(string code)
    {
        var error = ProviderErrors.Find("twilio", code);

        Assert.Equal(code, error.Code);
        Assert.DoesNotContain("{", error.English.ToString().Replace("ErrorText {", ""));
    }

    [Fact]
    public void Whatever_the_code_there_is_an_answer_that_echoes_it_and_what_is_unknown_is_never_retried()
    {
        var known = ErrorFile.ReadAll().Values.SelectMany(file => file.Errors).Select(error => error.Code).ToHashSet();
        var anything = ArbMap.Default.ArbFor<string?>().Generator;
        var number = ArbMap.Default.ArbFor<int>().Generator.Select(n => (string?)$"{n}");
        var similar = Gen.Elements(known.ToArray()).SelectMany(code => anything.Select(more => (string?)(code + more)));

        var codes = Gen.OneOf(anything, number, similar).ToArbitrary();

        Prop.ForAll(codes, anything.ToArbitrary(), (code, provider) =>
        {
            foreach (var name in new[] { "twilio", "TWILIO", "gupshup", "meta", provider })
            {
                var error = ProviderErrors.Find(name, code);

                Assert.Equal(code ?? "", error.Code);
                Assert.True(
                    known.Contains(error.Code)
                    || error.Permanent
                    || error.Code.StartsWith("http_5", StringComparison.Ordinal));
            }
        }).QuickCheckThrowOnFailure();
    }

    private static IEnumerable<(string Provider, string Code, RetryAdvice Retry)> Codes(
        string provider, Dictionary<RetryAdvice, string> advice) =>
        advice.SelectMany(
            codes => codes.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
            (codes, code) => (provider, code, codes.Key));

    private static ProviderError Unknown(string provider) => ProviderErrors.Find(provider, "99999");
}
