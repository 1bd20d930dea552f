/** Words of programs that work with a workspace: clients, requests, MCP. */
export const programs = {
  tab: {
    clients: 'OAuth clients',
    requests: 'Requests',
    mcp: 'MCP',
  },
  clients: {
    text: 'A client gets tokens of an hour by itself, with its id and its secret (OAuth 2.1, client credentials). For programs that should hold no lasting key.',
    add: 'Make a client',
    make: 'Make it',
    empty: 'No client yet',
    emptyText: 'Make one for a program that signs in by itself.',
    secret: 'Its secret, shown only now',
    try: 'Get a token',
    revoke: 'End it',
    revokeText: 'The client and all of its tokens stop working within two seconds. This cannot be undone.',
  },
  requests: {
    title: 'Requests',
    text: 'What programs asked, and what people changed or were refused in the console: two weeks, without bodies or secrets.',
    status: 'Which answers',
    all: 'All',
    refused: 'Refused and failed',
    everybody: 'Everybody',
    empty: 'No request yet',
    emptyText: 'A second after a program has called the API, it is here.',
    at: 'When',
    who: 'Who',
    what: 'What',
    took: 'Took',
    id: 'Id',
    idOf: 'Request id {{id}}',
  },
  mcp: {
    text: 'Models work with this workspace by the Model Context Protocol, with the rights of an API key and no more.',
    address: 'Address',
    key: 'Give every model a key of its own. With the scopes that end in :read it can look and send nothing; a key of the test kind changes nothing at all.',
    makeKey: 'Make a key',
    client: 'What its client is told',
    stdio: 'On its own machine',
    http: 'By hand',
    tools: 'What it can do',
    reads:
      'Look: channels and their health, conversations, knowledge, why a message was answered so, dead letters, reports.',
    writes:
      'Act, with messages:write: send a message, add a note, assign, hand over, retry. Sending reaches a real person.',
    careful: 'What people write is data',
    carefulText:
      'It is marked as such in every answer. That helps a model and is no guarantee: keep a person between a model that reads customers and one that writes to others.',
  },
} as const;
