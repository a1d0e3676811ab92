namespace Frontend.Components;

/// <summary>A file that somebody has chosen in the browser, which sends it itself (site.js).</summary>
/// <param name="Start">So much of it as was asked for.</param>
public sealed record ChosenFile(string Name, long Size, byte[] Start)
{
    /// <summary>As the API takes.</summary>
    public const long Largest = 200L << 20;
}

/// <summary>What the API has answered to the browser.</summary>
/// <param name="Status">0: nothing.</param>
/// <param name="Stopped">Somebody has stopped the sending.</param>
public sealed record SendAnswer(int Status, string Body, bool Stopped);
