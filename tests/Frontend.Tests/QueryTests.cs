namespace Frontend.Tests;

public sealed class QueryTests
{
    [Fact]
    public void What_is_not_set_is_left_out_and_the_rest_is_spelt_as_the_API_spells_it() => Assert.Equal(
        "/api/contacts?search=No%C3%ABl%20%26%20Co&sandbox=notJoined&optedOut=false&limit=50",
        Query.Of(
            "/api/contacts", ("search", "Noël & Co"), ("tag", null), ("status", ""),
            ("sandbox", MembershipState.NotJoined), ("optedOut", false), ("limit", 50)));
}
