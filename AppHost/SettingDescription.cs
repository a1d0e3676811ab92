namespace AppHost;

/// <summary>
/// A setting of the local run as people read it. The tables of the guides are generated from these
/// (tests/Docs.Tests), and the defaults are those that <see cref="Settings"/> takes.
/// </summary>
/// <param name="Default">Empty where it depends on something else; the meaning tells then.</param>
internal sealed record SettingDescription(string Name, string Default, string English, string French)
{
    /// <summary>The one that services know by the same name, so that it stays in their environment.</summary>
    public const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static IReadOnlyList<SettingDescription> All { get; } =
    [
        new("TWILIO_ACCOUNT_SID", "",
            "the account, `AC…`; empty like the token: the built-in emulator",
            "le compte, `AC…` ; vide comme le jeton : l’émulateur intégré"),
        new("TWILIO_AUTH_TOKEN", "",
            "its Auth Token; during a rotation several, separated by commas: the first signs our calls, all are "
            + "accepted on webhooks",
            "son Auth Token ; pendant une rotation plusieurs, séparés par des virgules : le premier signe nos appels, "
            + "tous sont acceptés sur les webhooks"),
        new("TWILIO_SANDBOX_NUMBER", Settings.SharedSandboxNumber,
            "the sender, E.164; another number than the Sandbox’s means production",
            "l’expéditeur, au format E.164 ; un autre numéro que celui de la Sandbox signifie la production"),
        new("TWILIO_SANDBOX_JOIN_CODE", "",
            "what people write after `join`, shown on the pages; the emulator has one of its own",
            "ce qu’on écrit après `join`, affiché sur les pages ; l’émulateur a le sien"),
        new("TWILIO_API_BASE_URL", "",
            "another endpoint than `https://api.twilio.com`; needs credentials",
            "une autre adresse que `https://api.twilio.com` ; demande des identifiants"),
        new("TWILIO_CONTENT_BASE_URL", "",
            "another endpoint than `https://content.twilio.com`; needs credentials",
            "une autre adresse que `https://content.twilio.com` ; demande des identifiants"),
        new("PUBLIC_URL", "",
            "the address at which the provider reaches the gateway, without query; empty: the gateway’s own",
            "l’adresse à laquelle le fournisseur atteint la passerelle, sans paramètres ; vide : celle de la "
            + "passerelle"),
        new("MESSAGING_MIN_INTERVAL", "00:00:03",
            "strict mode: least time between two sends of a sender, up to an hour; `00:00:02.400` with Gupshup",
            "mode strict : temps minimal entre deux envois d’un expéditeur, une heure au plus ; sans valeur, "
            + "`00:00:02.400` avec Gupshup"),
        new("MESSAGING_RATE_PER_SECOND", "",
            "fast mode (production): messages per second, 0.01 to 1000; replaces the interval; with Meta 80, if "
            + "neither is set",
            "mode rapide (production) : messages par seconde, de 0.01 à 1000 ; remplace l’intervalle ; 80 avec Meta, "
            + "si ni l’un ni l’autre n’a de valeur"),
        new("MESSAGING_PER_DAY", "",
            "how many messages a sender may begin in a day (UTC); its campaigns then wait for the next one; empty: as "
            + "many as the provider takes",
            "combien de messages un expéditeur peut commencer par jour (UTC) ; ses campagnes attendent ensuite le jour "
            + "suivant ; vide : autant que le fournisseur en accepte"),
        new("SENDERS", "",
            "further senders of the Twilio account, each with its pace if it has its own: `+33199000001=80/s; "
            + "+33199000002=20/min; +33199000003=3s`; not in the Sandbox",
            "les autres expéditeurs du compte Twilio, chacun avec son rythme s’il en a un : `+33199000001=80/s; "
            + "+33199000002=20/min; +33199000003=3s` ; pas avec la Sandbox"),
        new("MESSAGING_RETRY_BASE_DELAY", "00:01:00",
            "the three retries wait 1, 2 and 4 times as long",
            "les trois nouvelles tentatives attendent 1, 2 et 4 fois ce temps"),
        new("MESSAGING_REPLICAS", "1",
            "processes of Services.Messaging, 1 to 100",
            "processus de Services.Messaging, de 1 à 100"),
        new("CAMPAIGNS_REPLICAS", "1",
            "processes of Services.Campaigns, 1 to 100",
            "processus de Services.Campaigns, de 1 à 100"),
        new("GATEWAY_PORT", "8080",
            "where pages and API are served",
            "le port des pages et de l’API"),
        new("CAMPAIGNS_DASHBOARD_PORT", "",
            "of the local run’s dashboard; empty: a free one, printed",
            "celui du tableau de bord de l’exécution locale ; vide : un port libre, affiché"),
        new("CAMPAIGNS_DATA_DIR", ".data",
            "the folder of the servers’ data and of the generated secrets; one run at a time uses it",
            "le dossier des données des serveurs et des secrets générés ; une seule exécution l’utilise à la fois"),
        new("CAMPAIGNS_ADMIN_PASSWORD", "",
            "of the user `admin`; empty: generated, kept in the data folder, printed",
            "celui de l’utilisateur `admin` ; vide : généré, gardé dans le dossier des données, affiché"),
        new("TEXTS_KEEP_DAYS", "",
            "after so many days, 1 to 3650, the words of messages are forgotten, theirs and ours; what became of them "
            + "stays; empty: kept as long as the contact",
            "après ce nombre de jours, de 1 à 3650, les mots des messages sont oubliés, les leurs comme les nôtres ; ce "
            + "qu’ils sont devenus reste ; vide : gardés aussi longtemps que le contact"),
        new("CORS_ALLOWED_ORIGINS", "",
            "other front ends that may call the API with credentials, separated by commas; empty: our own pages only",
            "les autres interfaces web qui peuvent appeler l’API avec une session, séparées par des virgules ; vide : "
            + "nos pages seulement"),
        new("WHATSAPP_PROVIDER", "twilio",
            "who sends: `twilio`, `gupshup` or `meta`; what the other two report is taken all the same",
            "qui envoie : `twilio`, `gupshup` ou `meta` ; ce que les deux autres signalent est reçu quand même"),
        new("GUPSHUP_API_KEY", "",
            "the account’s key; empty like the app’s name and the number: the built-in emulator",
            "la clé du compte ; vide comme le nom de l’application et le numéro : l’émulateur intégré"),
        new("GUPSHUP_APP_NAME", "",
            "the app at Gupshup to which your number belongs",
            "l’application chez Gupshup à laquelle appartient votre numéro"),
        new("GUPSHUP_PHONE_NUMBER", "",
            "your number at Gupshup, E.164: the sender",
            "votre numéro chez Gupshup, au format E.164 : l’expéditeur"),
        new("GUPSHUP_API_URL", "",
            "another endpoint than `https://api.gupshup.io/wa/api/v1`; needs credentials",
            "une autre adresse que `https://api.gupshup.io/wa/api/v1` ; demande des identifiants"),
        new("GUPSHUP_CUSTOMER_ID", "",
            "accepted and not used: no call of Gupshup’s asks for it",
            "accepté mais inutilisé : aucun appel de Gupshup ne le demande"),
        new("GUPSHUP_WEBHOOK_SECRET", "",
            "what Gupshup reports is taken at `PUBLIC_URL/api/webhooks/gupshup?token=secret`; empty: generated, kept "
            + "in the data folder and printed if Gupshup sends, else refused",
            "ce que Gupshup signale est reçu à `PUBLIC_URL/api/webhooks/gupshup?token=secret` ; vide : généré, gardé "
            + "dans le dossier des données et affiché si Gupshup envoie, refusé sinon"),
        new("META_ACCESS_TOKEN", "",
            "a system user’s token; empty like the number, its id and the app’s secret: the built-in emulator",
            "le jeton d’un utilisateur système ; vide comme le numéro, son identifiant et la clé secrète de "
            + "l’application : l’émulateur intégré"),
        new("META_PHONE_NUMBER_ID", "",
            "Meta’s id of your number, digits",
            "l’identifiant de votre numéro chez Meta, des chiffres"),
        new("META_PHONE_NUMBER", "",
            "your number at Meta, E.164: the sender",
            "votre numéro chez Meta, au format E.164 : l’expéditeur"),
        new("META_API_URL", "",
            "another endpoint, or another version, than `https://graph.facebook.com/v25.0`; needs credentials",
            "une autre adresse, ou une autre version, que `https://graph.facebook.com/v25.0` ; demande des "
            + "identifiants"),
        new("META_BUSINESS_ACCOUNT_ID", "",
            "the WhatsApp business account, digits: its templates are read; empty: they are added by hand",
            "le compte WhatsApp Business, des chiffres : ses modèles sont lus ; vide : ils s’ajoutent à la main"),
        new("META_APP_SECRET", "",
            "signs what Meta reports, which is taken at `PUBLIC_URL/api/webhooks/meta`; empty: refused",
            "signe ce que Meta signale, reçu à `PUBLIC_URL/api/webhooks/meta` ; vide : refusé"),
        new("META_VERIFY_TOKEN", "",
            "answers Meta’s challenge when the webhook is subscribed; empty: generated, kept and printed if Meta sends",
            "répond au défi de Meta lors de l’abonnement du webhook ; vide : généré, gardé et affiché si Meta envoie"),
        new(OtlpEndpoint, "",
            "where traces, metrics and logs go; the services see the other `OTEL_…` variables of the environment (not "
            + "of the file); empty: nowhere",
            "où vont les traces, les mesures et les journaux ; les services voient aussi les autres variables `OTEL_…` "
            + "de l’environnement (pas du fichier) ; vide : nulle part"),
    ];

    public static string DefaultOf(string name) => All.Single(setting => setting.Name == name).Default;
}
