using Frontend.Components;

namespace Frontend.Tests;

public sealed class LookTests
{
    [Theory]
    [InlineData("pending", "En attente d’approbation")]
    [InlineData("paused", "Suspendu par WhatsApp")]
    [InlineData("missing", "N’existe plus chez le fournisseur")]
    [InlineData("limit_exceeded", "Chez WhatsApp\u00a0: limit_exceeded")] // for which we have no word of our own
    public void What_the_provider_says_of_a_template_is_told_and_not_guessed(string approval, string expected) =>
        Assert.Equal(expected, Speaking.In("fr", texts => Look.Approval(texts, approval)));

    [Theory]
    [InlineData("approved")]
    [InlineData("pending")]
    [InlineData("rejected")]
    [InlineData("limit_exceeded")]
    public void Whatever_it_says_has_a_look(string approval) =>
        Assert.Contains(Look.OfApproval(approval).Icon, Icon.Paths.Keys);
}
