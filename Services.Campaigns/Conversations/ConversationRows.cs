namespace Services.Campaigns;

/// <summary>What the conversations' statements have in common, over <c>contacts c</c>.</summary>
internal static class ConversationRows
{
    /// <summary>When a message left, or was written.</summary>
    public const string At = "coalesce(m.sent_at, m.created_at)";

    /// <summary>When we last answered, by hand or with Message 2: a lateral join.</summary>
    public const string Answered = $"""
        left join lateral (
            select max({At}) as at from messages m
            where m.contact_id = c.id and m.kind in (2, 3) and m.status not in (5, 8, 9)) answered on true
        """;

    /// <summary>Nobody has answered the person's last message. A STOP waits for no answer.</summary>
    public const string Awaiting = """
        (c.last_inbound_at is not null and c.opted_out_at is null
            and c.last_inbound_at > coalesce(answered.at, '-infinity'))
        """;

    /// <summary>How many of the person's messages nobody has looked at.</summary>
    public const string Unread = """
        (select count(*) from interactions i
         where i.contact_id = c.id and i.received_at > coalesce(c.conversation_read_at, '-infinity'))
        """;

    /// <summary>Both sides of a contact's conversation: <c>id, kind (-1: theirs), at, text, …</c>.</summary>
    public static string Thread(string contact) => $"""
        select i.id, (-1)::smallint as kind, i.received_at as at, i.text, null::jsonb as variables, null as body,
            null::smallint as status, null as error_code, null::uuid as campaign_id, null as campaign,
            null::timestamptz as sent_at, null::timestamptz as delivered_at, null::timestamptz as read_at,
            null::timestamptz as failed_at, null as user_name, null as provider
        from interactions i where i.contact_id = {contact}
        union all
        select m.id, m.kind, {At}, m.text, m.variables,
            coalesce(m.body, {Variant.Frozen("k", "body")}, k.body, t.body), m.status, m.error_code,
            m.campaign_id, k.name, m.sent_at, m.delivered_at, m.read_at, m.failed_at, m.user_name,
            m.provider
        from messages m
        left join campaigns k on k.id = m.campaign_id left join templates t on t.id = k.template_id
        where m.contact_id = {contact} and m.kind <> 0
        """;
}
