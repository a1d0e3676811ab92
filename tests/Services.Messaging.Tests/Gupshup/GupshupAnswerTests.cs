using System.Net;
using FsCheck;
using FsCheck.Fluent;

namespace Services.Messaging.Tests;

public sealed class GupshupAnswerTests
{
    [Fact]
    public void Whatever_comes_back_it_is_an_outcome_and_only_a_success_with_an_id_is_an_acceptance() =>
        Prop.ForAll(
            Gen.Choose(200, 599).ToArbitrary(), ArbMap.Default.ArbFor<string?>(),
            (status, body) => Read(status, body ?? "") is SendResult.Unknown or SendResult.Refused)
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(202, """{"status":"submitted","messageId":"ee4a68a0-1203-4c85-8dc3-49d0b3226a35"}""")]
    [InlineData(200, """{"status":"success","messageId":"ee4a68a0-1203-4c85-8dc3-49d0b3226a35","more":[]}""")]
    [InlineData(200, """{"messageId":"ee4a68a0-1203-4c85-8dc3-49d0b3226a35"}""")]
    public void A_success_is_one_under_several_names(int status, string body) =>
        Assert.Equal(new SendResult.Accepted("ee4a68a0-1203-4c85-8dc3-49d0b3226a35"), Read(status, body));

    [Theory]
    [InlineData(400, """{"status":"error","message":"Invalid Destination"}""", "invalid_destination")]
    [InlineData(400, """{"status":"error","message":"Invalid App Details"}""", "invalid_app_details")]
    [InlineData(400, """{"status":"error","message":"Something else"}""", "http_400")]
    [InlineData(401, """{"status":"error","message":"Authentication Failed"}""", "http_401")]
    [InlineData(401, "", "http_401")]
    [InlineData(200, """{"status":"error","message":"invalid destination."}""", "invalid_destination")]
    [InlineData(202, """{"status":"error","messageId":"x"}""", "http_202")]
    public void A_refusal_is_told_by_its_words_not_by_its_status_alone(int status, string body, string code) =>
        Assert.Equal(new SendResult.Refused(code), Read(status, body));

    // Its documentation calls it transient, not that the message was not taken; nothing would make a repeat harmless.
    [Fact]
    public void A_fault_of_gupshups_own_leaves_the_outcome_unknown() =>
        Assert.Equal(
            new SendResult.Unknown("HTTP 500"), Read(500, """{"status":"error","message":"Internal Server Error"}"""));

    private static SendResult Read(int status, string body) => GupshupAnswer.Read((HttpStatusCode)status, body, null);
}
