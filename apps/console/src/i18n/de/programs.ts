/** The words of `en/programs.ts` in German. */
export const programs = {
  tab: {
    clients: 'OAuth-Clients',
    requests: 'Anfragen',
    mcp: 'MCP',
  },
  clients: {
    text: 'Ein Client holt sich mit Kennung und Geheimnis selbst Token für eine Stunde (OAuth 2.1, Client Credentials). Für Programme, die keinen dauerhaften Schlüssel halten sollen.',
    add: 'Client anlegen',
    make: 'Anlegen',
    empty: 'Noch kein Client',
    emptyText: 'Legen Sie einen an für ein Programm, das sich selbst anmeldet.',
    secret: 'Sein Geheimnis, nur jetzt zu sehen',
    try: 'Token holen',
    revoke: 'Beenden',
    revokeText:
      'Der Client und alle seine Token gelten binnen zwei Sekunden nicht mehr. Das lässt sich nicht rückgängig machen.',
  },
  requests: {
    title: 'Anfragen',
    text: 'Was Programme fragten und was Menschen in der Konsole änderten oder nicht durften: zwei Wochen, ohne Inhalte und Geheimnisse.',
    status: 'Welche Antworten',
    all: 'Alle',
    refused: 'Abgelehnt und gescheitert',
    everybody: 'Alle',
    empty: 'Noch keine Anfrage',
    emptyText: 'Eine Sekunde nachdem ein Programm die API gerufen hat, steht es hier.',
    at: 'Wann',
    who: 'Wer',
    what: 'Was',
    took: 'Dauer',
    id: 'Kennung',
    idOf: 'Kennung der Anfrage {{id}}',
  },
  mcp: {
    text: 'Modelle arbeiten über das Model Context Protocol mit diesem Arbeitsbereich, mit den Rechten eines API-Schlüssels und nicht mehr.',
    address: 'Adresse',
    key: 'Geben Sie jedem Modell einen eigenen Schlüssel. Mit den Rechten auf :read kann es lesen und nichts senden; ein Testschlüssel ändert gar nichts.',
    makeKey: 'Schlüssel anlegen',
    client: 'Was sein Client erfährt',
    stdio: 'Auf dem eigenen Rechner',
    http: 'Von Hand',
    tools: 'Was es kann',
    reads:
      'Lesen: Kanäle und ihr Zustand, Gespräche, Wissen, warum so geantwortet wurde, Unzustellbares, Auswertungen.',
    writes:
      'Handeln, mit messages:write: Nachricht senden, Notiz anlegen, zuweisen, übergeben, erneut versuchen. Senden erreicht einen echten Menschen.',
    careful: 'Was Menschen schreiben, sind Daten',
    carefulText:
      'Jede Antwort kennzeichnet es so. Das hilft einem Modell und ist keine Gewähr: lassen Sie einen Menschen zwischen einem Modell, das Kunden liest, und einem, das anderen schreibt.',
  },
};
