namespace Services.Campaigns;

internal static class ConversationEndpoints
{
    public static void MapConversations(this IEndpointRouteBuilder app)
    {
        var conversations = app.MapGroup("/api/conversations").WithTags("Conversations");
        conversations.MapGet("", ListConversations.HandleAsync).WithSummary("Conversations, the latest first.");
        conversations.MapGet("/{contactId:guid}", GetConversation.HandleAsync)
            .WithSummary("One person's messages both ways, and until when one may write freely.");
        conversations.MapPost("/{contactId:guid}/messages", SendReply.HandleAsync)
            .WithSummary("Writes to a person: free text within 24 hours of their last message, else a template.");
        conversations.MapPost("/{contactId:guid}/read", SendReply.MarkReadAsync)
            .WithSummary("Notes that a conversation has been read.");
    }
}
