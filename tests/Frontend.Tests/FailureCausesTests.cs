using Frontend.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Frontend.Tests;

public sealed class FailureCausesTests
{
    private static readonly FailureCause Refused = new("63024", "Refused", "It was refused.", "Check it.", true, 2, Provider: "twilio");

    [Fact]
    public async Task One_code_may_be_that_of_two_providers_and_of_failed_and_skipped_messages()
    {
        IReadOnlyList<FailureCause> before =
        [
            Refused, Refused with { Provider = "gupshup" }, Refused with { Status = MessageStatus.Skipped },
        ];
        await using var services = Speaking.In("en", texts => new ServiceCollection().AddSingleton(texts).BuildServiceProvider());
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var page = await renderer.RenderComponentAsync<Page>(ParameterView.FromDictionary(
                new Dictionary<string, object?> { ["Causes"] = before }));
            // Numbers change, and with them the order: Blazor tells which is which by their keys.
            await Page.Shown!.ShowAsync([.. before.Reverse().Select((cause, place) => cause with { Count = 5 - place })]);
            return page.ToHtmlString();
        });
        Assert.Equal(3, html.Split("Refused</h3>").Length - 1);
    }

    private sealed class Page : ComponentBase
    {
        public static Page? Shown { get; private set; }

        [Parameter]
        public IReadOnlyList<FailureCause> Causes { get; set; } = [];

        public Task ShowAsync(IReadOnlyList<FailureCause> causes)
        {
            Causes = causes;
            return InvokeAsync(StateHasChanged);
        }

        protected override void OnInitialized() => Shown = this;

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.OpenComponent<CascadingValue<Account>>(0);
            builder.AddComponentParameter(1, "Value", new Account("viewer", "viewer"));
            builder.AddComponentParameter(2, "ChildContent", (RenderFragment)(inner =>
            {
                inner.OpenComponent<FailureCauses>(0);
                inner.AddComponentParameter(1, "Causes", Causes);
                inner.CloseComponent();
            }));
            builder.CloseComponent();
        }
    }
}
