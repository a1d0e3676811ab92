using FsCheck;
using FsCheck.Fluent;

namespace Services.Campaigns.Tests;

public class ContactTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Nobody_knows_about_a_new_contact() =>
        Assert.Equal(new(SandboxState.Unknown, null, null, null), Contact().MembershipAt(Now));

    [Fact]
    public void Joining_lasts_72_hours()
    {
        var contact = Contact(joined: Now);

        Assert.Equal(new(SandboxState.Joined, Now, Now.AddHours(72), null), contact.MembershipAt(Now.AddHours(71.9)));
        Assert.Equal(new(SandboxState.NotJoined, Now, Now.AddHours(72), null), contact.MembershipAt(Now.AddHours(72)));
    }

    [Fact]
    public void A_refusal_after_the_join_ends_the_membership_and_says_why() => Assert.Equal(
        new(SandboxState.NotJoined, Now, null, "63015"),
        Contact(joined: Now, refused: Now.AddSeconds(1)).MembershipAt(Now.AddHours(1)));

    [Fact]
    public void A_join_after_the_refusal_counts() => Assert.Equal(
        new(SandboxState.Joined, Now, Now.AddHours(72), null),
        Contact(joined: Now, refused: Now.AddSeconds(-1)).MembershipAt(Now));

    [Fact]
    public void A_refusal_alone_tells_that_the_person_is_no_member() => Assert.Equal(
        new(SandboxState.NotJoined, null, null, "63015"), Contact(refused: Now).MembershipAt(Now));

    [Fact]
    public void The_window_for_free_text_is_open_for_24_hours_after_the_last_message()
    {
        var contact = Contact();
        Assert.Equal(new(false, null), contact.SessionAt(Now));

        contact.LastInboundAt = Now;
        Assert.Equal(new(true, Now.AddHours(24)), contact.SessionAt(Now.AddHours(23.9)));
        Assert.Equal(new(false, Now.AddHours(24)), contact.SessionAt(Now.AddHours(24)));
    }

    [Fact]
    public void Every_contact_is_found_under_its_state_and_no_other() =>
        Prop.ForAll(Arb.From(AnyContact), contact => Enum.GetValues<SandboxState>().All(state =>
            Services.Campaigns.Contact.IsAt(state, Now).Compile()(contact)
                == (contact.MembershipAt(Now).State == state))).QuickCheckThrowOnFailure();

    [Fact]
    public void Another_number_starts_without_what_was_known_of_the_old_one()
    {
        var contact = Contact(joined: Now, refused: Now);
        (contact.LastInboundAt, contact.OptedOutAt) = (Now, Now);
        Assert.True(PhoneNumber.TryParse("+33698765432", out var other, out _));

        contact.Change(new(other, null, null, null, [], new Dictionary<string, string>()), Now);

        Assert.Equal(SandboxState.Unknown, contact.MembershipAt(Now).State);
        Assert.False(contact.SessionAt(Now).Open);
        Assert.NotNull(contact.OptedOutAt); // said by the person, not by the number
    }

    private static Contact Contact(DateTimeOffset? joined = null, DateTimeOffset? refused = null) => new()
    {
        Id = Guid.NewGuid(),
        Phone = "+33612345678",
        CreatedAt = Now,
        JoinedAt = joined,
        NotJoinedAt = refused,
        SandboxError = refused is null ? null : "63015",
    };

    private static Gen<Contact> AnyContact => from joined in Instants
                                              from refused in Instants
                                              select Contact(joined, refused);

    private static Gen<DateTimeOffset?> Instants => Gen.OneOf(
        Gen.Constant<DateTimeOffset?>(null),
        Gen.Choose(-74, 0).Select(hours => (DateTimeOffset?)Now.AddHours(hours)));
}
