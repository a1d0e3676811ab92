using System.Net;
using FsCheck;
using FsCheck.Fluent;

namespace Services.Messaging.Tests;

public sealed class MetaAnswerTests
{
    private const string Id = "wamid.HBgLMzM2Mzk5ODAwMTIVAgARGBIxODJFN0FDMDQ1RjNGMzIwRjcA";

    [Fact]
    public void Whatever_comes_back_it_is_an_outcome_and_only_a_success_with_an_id_is_an_acceptance() =>
        Prop.ForAll(
            Gen.Choose(200, 599).ToArbitrary(), ArbMap.Default.ArbFor<string?>(),
            (status, body) => Read(status, body ?? "") is SendResult.Unknown or SendResult.Refused)
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData(""", "message_status": "accepted" """)]
    [InlineData(""", "message_status": "held_for_quality_assessment" """)]
    public void What_is_taken_or_held_for_later_is_accepted(string more) => Assert.Equal(
        new SendResult.Accepted(Id), Read(200, $$"""{ "messages": [{ "id": "{{Id}}"{{more}} }] }"""));

    [Theory]
    [InlineData("""{ "messages": [] }""")]
    [InlineData("""{ "messages": [{}] }""")]
    [InlineData("""{ "messages": {} }""")]
    [InlineData("""{ "messages": [{ "id": "" }] }""")]
    public void A_success_without_an_id_leaves_the_outcome_unknown(string body) =>
        Assert.IsType<SendResult.Unknown>(Read(200, body));

    // Statuses differ between copies of the documentation; the code is what counts.
    [Theory]
    [InlineData(400, 100)]
    [InlineData(401, 190)]
    [InlineData(401, 0)]
    [InlineData(403, 10)]
    [InlineData(404, 131047)]
    [InlineData(500, 131000)]
    [InlineData(503, 131016)]
    public void A_refusal_is_told_by_its_code(int status, int code) =>
        Assert.Equal(new SendResult.Refused(code.ToString(null as IFormatProvider)), Error(status, code));

    [Theory]
    [InlineData(400, 130429, 1)]
    [InlineData(429, 4, 60)]
    [InlineData(400, 80007, 60)]
    public void The_sender_rests_when_it_or_the_account_is_too_fast(int status, int code, int seconds) => Assert.Equal(
        new SendResult.Refused(code.ToString(null as IFormatProvider), TimeSpan.FromSeconds(seconds)),
        Error(status, code));

    [Theory]
    [InlineData(400)]
    [InlineData(429)]
    public void Too_many_messages_to_one_person_keep_nobody_else_waiting(int status) =>
        Assert.Equal(new SendResult.Refused("131056"), Error(status, 131056));

    [Theory]
    [InlineData(500, 1)]
    [InlineData(400, 2)]
    [InlineData(500, 100)]
    public void What_may_have_been_done_all_the_same_leaves_the_outcome_unknown(int status, int code) =>
        Assert.IsType<SendResult.Unknown>(Error(status, code));

    private static SendResult Error(int status, int code) =>
        Read(status, $$"""{ "error": { "message": "(#{{code}}) No", "type": "OAuthException", "code": {{code}} } }""");

    private static SendResult Read(int status, string body) => MetaAnswer.Read((HttpStatusCode)status, body, null);
}
