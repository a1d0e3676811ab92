namespace Services.Campaigns;

/// <summary>What is wrong and what to do about it, in the languages of the pages.</summary>
internal sealed record Remedy(string English, string French)
{
    /// <param name="language">fr, else English.</param>
    public string In(string language) => language == "fr" ? French : English;
}
