namespace Services.Campaigns;

internal static class ConversationEndpoints
{
    public static void MapConversations(this IEndpointRouteBuilder app)
    {
        var conversations = app.MapGroup("/api/conversations").WithTags("Conversations");
        conversations.MapGet("", ListConversations.HandleAsync);
        conversations.MapGet("/{contactId:guid}", GetConversation.HandleAsync);
        conversations.MapPost("/{contactId:guid}/messages", SendReply.HandleAsync);
        conversations.MapPost("/{contactId:guid}/read", SendReply.MarkReadAsync);
    }
}
