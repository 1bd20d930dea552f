import type { OpenAPIObject } from '@nestjs/swagger';

/** What stands under each heading of the API's pages. A tag without words here is described by its name. */
const words: Record<string, string> = {
  Access: 'Who may do what: API keys, members, roles, clients.',
  Bots: 'The configured answerers of channels: persona, rules, flows, versions, tests.',
  Channels: 'Registered instances of connectors: settings, health, trying out.',
  Contacts: 'The people, their addresses, consents and facts; export and erasure.',
  Conversations: 'What was said, who owns it, and its live stream.',
  Knowledge: 'What bots may cite: bases, sources, search, gaps.',
  Media: 'Files of messages.',
  Messages: 'Saying something as a person, and reading what became of it.',
  Operations: 'Dead letters, health, metrics.',
  Sends: 'Saying something first: plans over channels, batches.',
  Sessions: 'Stays of visitors, with tokens for the browser.',
  Webhooks: 'What Parley sends to your systems, and the log of it.',
  Widget: 'What the web chat calls, with the token of its visitor.',
};

/** The tags that the operations of a document use, with words, by name. */
export function tagsOf(document: OpenAPIObject): { name: string; description: string }[] {
  const operations = [document.paths, (document as { webhooks?: object }).webhooks ?? {}]
    .flatMap((paths) => Object.values(paths))
    .flatMap((methods) => Object.values(methods as Record<string, { tags?: string[] }>));
  const names = [...new Set(operations.flatMap(({ tags }) => tags ?? []))];
  return names
    .sort((a, b) => a.localeCompare(b))
    .map((name) => ({ name, description: words[name] ?? `${name}.` }));
}
