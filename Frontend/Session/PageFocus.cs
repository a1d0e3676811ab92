using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace Frontend;

/// <summary>
/// Gives the focus to the title of a page that somebody has gone to, once it is there: for those who cannot see that
/// the page has changed. A page that only filters anew leaves the focus where it is.
/// </summary>
public sealed class PageFocus : IDisposable
{
    private readonly NavigationManager navigation;
    private string path;
    private bool due;

    public PageFocus(NavigationManager navigation)
    {
        this.navigation = navigation;
        path = PathOf(navigation.Uri);
        navigation.LocationChanged += Note;
    }

    /// <summary>True once after each change of the page.</summary>
    public bool Take() => due && !(due = false);

    public void Dispose() => navigation.LocationChanged -= Note;

    private void Note(object? sender, LocationChangedEventArgs change)
    {
        due |= PathOf(change.Location) != path;
        path = PathOf(change.Location);
    }

    private static string PathOf(string uri) => new Uri(uri).AbsolutePath;
}
