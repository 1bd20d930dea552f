import { type McpServer, ResourceNotFoundError, ResourceTemplate } from '@modelcontextprotocol/server';
import { describeFault, describeFaults, isFaultCode } from '#libs/faults';
import { NotFoundError, type Parley } from '#libs/sdk';
import { transcriptOf } from './transcript.js';
import { untrusted } from './untrusted.js';

/** Conversations that the list of transcripts names; `search_conversations` finds the others. */
const LISTED = 20;
/** Messages of a transcript that is read as a resource. */
const MESSAGES = 100;

/**
 * Gives a server what can be read by an address: transcripts, the description of the API, the pages of errors.
 *
 * @param scopes  what the key may do: transcripts are there for those who may read messages
 */
export function addResources(server: McpServer, parley: Parley, scopes: readonly string[]): void {
  addDescription(server, parley);
  addErrors(server);
  if (scopes.includes('messages:read')) addTranscripts(server, parley, scopes);
}

function addDescription(server: McpServer, parley: Parley): void {
  const uri = 'parley://openapi.json';
  const metadata = {
    title: 'The API',
    description: 'OpenAPI 3.1: every route of the HTTP API, with its schemas and examples. Large.',
    mimeType: 'application/json',
  };
  server.registerResource('openapi', uri, metadata, async () => {
    // It describes itself no more than any other page does.
    const { data } = await parley.http.GET('/openapi.json' as never);
    return { contents: [{ uri, mimeType: 'application/json', text: JSON.stringify(data) }] };
  });
}

function addErrors(server: McpServer): void {
  const uri = 'parley://errors';
  const metadata = {
    title: 'Errors',
    description: 'Every code of an error, with its cause, what to do, and whether it helps to try again.',
    mimeType: 'application/json',
  };
  server.registerResource('errors', uri, metadata, () => ({
    contents: [{ uri, mimeType: 'application/json', text: JSON.stringify(describeFaults(), null, 1) }],
  }));
  const template = new ResourceTemplate('parley://errors/{area}/{name}', { list: undefined });
  server.registerResource('error', template, { ...metadata, title: 'One error' }, (at, { area, name }) => {
    const code = `${String(area)}/${String(name)}`;
    if (!isFaultCode(code)) throw new ResourceNotFoundError(at.href);
    const text = JSON.stringify(describeFault(code), null, 1);
    return { contents: [{ uri: at.href, mimeType: 'application/json', text }] };
  });
}

function addTranscripts(server: McpServer, parley: Parley, scopes: readonly string[]): void {
  const list = scopes.includes('conversations:read')
    ? async () => ({ resources: await newest(parley) })
    : undefined;
  const template = new ResourceTemplate('parley://conversations/{conversation_id}/transcript', { list });
  const metadata = {
    title: 'Transcript',
    description: `The newest ${MESSAGES} messages of a conversation, oldest first. Each reading is recorded in the audit log.`,
    mimeType: 'text/plain',
    _meta: { 'parley/untrusted': true },
  };
  server.registerResource('transcript', template, metadata, async (at, { conversation_id: id }) => {
    const said = await transcriptOf(parley, String(id), MESSAGES).catch((error: unknown) => {
      throw error instanceof NotFoundError ? new ResourceNotFoundError(at.href) : error;
    });
    const text = untrusted(said, crypto.randomUUID());
    const _meta = { 'parley/untrusted': true };
    return { contents: [{ uri: at.href, mimeType: 'text/plain', text, _meta }] };
  });
}

/** By their ids: the names of people are theirs to choose, and a list of addresses is no place for them. */
async function newest(parley: Parley): Promise<{ uri: string; name: string }[]> {
  const found = await parley.conversations.list({ limit: LISTED }).take(LISTED);
  return found.map(({ id }) => ({ uri: `parley://conversations/${id}/transcript`, name: id }));
}
