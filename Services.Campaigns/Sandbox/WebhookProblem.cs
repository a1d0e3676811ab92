namespace Services.Campaigns;

/// <summary>What a failed self-test of the webhook means for the person who set it up.</summary>
internal static class WebhookProblem
{
    /// <param name="reason">As in <see cref="Contracts.WebhooksChecked.Reason"/>.</param>
    /// <param name="language"><c>fr</c>, or anything for English.</param>
    public static string Text(string? reason, string language)
    {
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
                + "TWILIO_AUTH_TOKEN are those of this installation; meanwhile",
                "PUBLIC_URL mène à un service qui n’accepte pas notre signature. Vérifiez que PUBLIC_URL et "
                + "TWILIO_AUTH_TOKEN sont ceux de cette installation\u00A0; en attendant,"),
            _ => (
                "Something else answers at PUBLIC_URL. Check that the tunnel leads to the gateway; meanwhile",
                "Autre chose répond à l’adresse PUBLIC_URL. Vérifiez que le tunnel mène à la passerelle\u00A0; "
                + "en attendant,"),
        };
        return language == "fr"
            ? $"{french} les statuts et les réponses sont demandés au fournisseur toutes les quelques secondes."
            : $"{english} statuses and replies are fetched from the provider every few seconds.";
    }
}
