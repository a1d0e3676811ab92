namespace Services.Campaigns;

/// <summary>What a failed self-test of the webhook means for the person who set it up.</summary>
internal static class WebhookProblem
{
    /// <param name="reason">As in <see cref="Contracts.WebhooksChecked.Reason"/>.</param>
    /// <param name="provider">Only Twilio can be asked for what its webhooks did not tell.</param>
    /// <param name="language"><c>fr</c>, or anything for English.</param>
    public static string Text(string? reason, SenderProvider provider, string language)
    {
        var secret = provider switch
        {
            SenderProvider.Gupshup => "GUPSHUP_WEBHOOK_SECRET",
            SenderProvider.Meta => "META_APP_SECRET",
            _ => "TWILIO_AUTH_TOKEN",
        };
        var (english, french) = reason switch
        {
            "private_address" => (
                "PUBLIC_URL is an address that the Internet cannot reach. Start a tunnel and set PUBLIC_URL to its "
                + "address, or leave it:",
                "PUBLIC_URL est une adresse inaccessible depuis Internet. Ouvrez un tunnel et indiquez son adresse "
                + "dans PUBLIC_URL, ou laissez ainsi\u00A0:"),
            "no_connection" or "no_answer" => (
                "Nobody answers at PUBLIC_URL. Check that the tunnel or the server in front is running; meanwhile",
                "Personne ne répond à l’adresse PUBLIC_URL. Vérifiez que le tunnel ou le serveur frontal "
                + "fonctionne\u00A0; en attendant,"),
            "refused" => (
                "PUBLIC_URL leads to a service that does not accept our signature. Check that PUBLIC_URL and "
                + $"{secret} are those of this installation; meanwhile",
                "PUBLIC_URL mène à un service qui n’accepte pas notre signature. Vérifiez que PUBLIC_URL et "
                + $"{secret} sont ceux de cette installation\u00A0; en attendant,"),
            _ => (
                "Something else answers at PUBLIC_URL. Check that the tunnel leads to the gateway; meanwhile",
                "Autre chose répond à l’adresse PUBLIC_URL. Vérifiez que le tunnel mène à la passerelle\u00A0; "
                + "en attendant,"),
        };
        return (provider, language) switch
        {
            (SenderProvider.Twilio, "fr") =>
                $"{french} les statuts et les réponses sont demandés au fournisseur toutes les quelques secondes.",
            (SenderProvider.Twilio, _) =>
                $"{english} statuses and replies are fetched from the provider every few seconds.",
            (_, "fr") => $"{french} ni statuts ni réponses n’arrivent.",
            _ => $"{english} neither statuses nor replies arrive.",
        };
    }
}
