/** Words that no language of the console translates: names, formats, abbreviations. */
export const sameEverywhere: readonly string[] = ['JSON', 'HTML', 'API', 'OpenAPI 3.1', 'Parley', 'MCP'];

/** What is the same wherever Latin letters are written. */
const latin = ['Alan Turing', 'Bot', 'Bots', 'CSAT', 'Hook', 'Webhooks', 'Widget'];

/** Words that a language happens to write as English does, by language. */
export const sameIn: Readonly<Record<string, readonly string[]>> = {
  de: [
    ...latin,
    ...['Agent', 'Code', 'Median', 'Name', 'Orange', 'Person', 'Team', 'Tests', 'Text', 'Tokens'],
    ...['Version {{version}}', 'Video'],
  ],
  fr: [
    ...latin,
    ...['Agent', 'Code', 'Contact', 'Contacts', 'Conversation', 'Conversations', 'E-mail', 'Expression'],
    ...['Menus', 'Message', 'Messages', 'Note', 'Options', 'Orange', 'Question', 'Satisfaction'],
    ...['Satisfaction (1–5)', 'Score {{score}}', 'Secret', 'Secrets', 'Source', 'Sources', 'Tests', 'Traces'],
    ...['Transport', 'Version {{version}}', 'Versions', 'Violet', 'active', 'contact', 'date'],
  ],
  es: [...latin, 'Id', 'No', 'Tokens', '{{tokens}} tokens'],
  ar: [],
};
