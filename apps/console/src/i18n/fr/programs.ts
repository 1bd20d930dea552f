/** The words of `en/programs.ts` in French. */
export const programs = {
  tab: {
    clients: 'Clients OAuth',
    requests: 'Requêtes',
    mcp: 'MCP',
  },
  clients: {
    text: 'Un client obtient lui-même des jetons d’une heure avec son identifiant et son secret (OAuth 2.1, client credentials). Pour les programmes qui ne doivent pas garder de clé durable.',
    add: 'Créer un client',
    make: 'Créer',
    empty: 'Pas encore de client',
    emptyText: 'Créez-en un pour un programme qui se connecte de lui-même.',
    secret: 'Son secret, visible seulement maintenant',
    try: 'Obtenir un jeton',
    revoke: 'Y mettre fin',
    revokeText: 'Le client et tous ses jetons cessent de fonctionner en deux secondes. C’est définitif.',
  },
  requests: {
    title: 'Requêtes',
    text: 'Ce que des programmes ont demandé, et ce que des personnes ont changé ou se sont vu refuser dans la console : deux semaines, sans contenus ni secrets.',
    status: 'Quelles réponses',
    all: 'Toutes',
    refused: 'Refusées et échouées',
    everybody: 'Tout le monde',
    empty: 'Pas encore de requête',
    emptyText: 'Une seconde après l’appel d’un programme, il est ici.',
    at: 'Quand',
    who: 'Qui',
    what: 'Quoi',
    took: 'Durée',
    id: 'Identifiant',
    idOf: 'Identifiant de requête {{id}}',
  },
  mcp: {
    text: 'Les modèles travaillent avec cet espace par le Model Context Protocol, avec les droits d’une clé d’API et rien de plus.',
    address: 'Adresse',
    key: 'Donnez à chaque modèle sa propre clé. Avec les droits en :read il peut lire et n’envoie rien ; une clé de test ne change rien du tout.',
    makeKey: 'Créer une clé',
    client: 'Ce qu’on dit à son client',
    stdio: 'Sur sa propre machine',
    http: 'À la main',
    tools: 'Ce qu’il peut faire',
    reads:
      'Lire : canaux et leur état, conversations, connaissances, pourquoi une réponse, messages abandonnés, rapports.',
    writes:
      'Agir, avec messages:write : envoyer, noter, attribuer, passer le relais, réessayer. Envoyer atteint une vraie personne.',
    careful: 'Ce que les gens écrivent est une donnée',
    carefulText:
      'Chaque réponse le marque ainsi. Cela aide un modèle sans rien garantir : gardez une personne entre un modèle qui lit les clients et un autre qui leur écrit.',
  },
};
