// What the clients call things: the operations of the description as methods of resources.

/** Names of methods where the operation's own name would say too little, or is taken. By operation id. */
const NAMES = {
  BotKnowledge_listGaps: 'list',
  BotFiles_archive: 'exportArchive',
  BotTests_put: 'putTests',
  BotTests_run: 'runTests',
  BotVersions_draft: 'getDraft',
  BotVersions_get: 'getVersion',
  Bots_publish: 'publishDefinition',
  ConversationDesk_label: 'changeLabels',
  ConversationDesk_note: 'addNote',
  ConversationDesk_read: 'markRead',
  Handoff_answer: 'answerOffer',
  BotKnowledge_search: 'searchKnowledge',
  ChannelTypes_listTypes: 'list',
  ContactLinks_removeIdentity: 'remove',
  Conversations_stream: 'events',
  Facts_forget: 'forgetFact',
  Facts_forgetAll: 'forgetFacts',
  Facts_list: 'facts',
  Me_me: 'get',
  Oauth_begin: 'beginOauth',
  Trying_command: 'commandConnection',
  WebhookDeliveries_eventTypes: 'list',
};

/**
 * One operation as a method.
 *
 * @typedef {object} Method
 * @property {string} resource  in camel case, from the path: `apiKeys`
 * @property {string} name      in camel case
 * @property {string} id        of the operation
 * @property {string} verb      GET, POST …
 * @property {string} path      with placeholders
 * @property {string[]} ids     names of the placeholders, in order
 * @property {'page' | 'events' | 'json' | 'text' | 'none'} answer
 * @property {'json' | 'bytes' | null} body
 * @property {boolean} isBodyOptional
 * @property {boolean} hasQuery
 * @property {boolean} isQueryOptional
 * @property {string} words     what it does
 */

/**
 * @param {Record<string, any>} document
 * @returns {Method[]} by resource, in the order of the document
 */
export function methodsOf(document) {
  const methods = Object.entries(document.paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([path, verbs]) => Object.entries(verbs).map(([verb, it]) => methodOf(document, path, verb, it)))
    .filter((method) => method !== null)
    // What is nearer to the resource has the plain name.
    .sort((a, b) => a.path.split('/').length - b.path.split('/').length);
  const taken = new Set();
  for (const method of methods) {
    if (taken.has(`${method.resource}.${method.name}`)) method.name += nounOf(method.path);
    const full = `${method.resource}.${method.name}`;
    if (taken.has(full))
      throw new Error(`${method.id}: ${full} is taken. Name it in tools/clients/methods.mjs.`);
    taken.add(full);
  }
  return methods.sort((a, b) => (a.resource < b.resource ? -1 : a.resource > b.resource ? 1 : 0));
}

/** The last noun of a path, for what is called the same as something above it: `create` of keys in channels. */
function nounOf(path) {
  const noun = camel(path.split('/').findLast((part) => !part.startsWith('{')));
  return noun[0].toUpperCase() + noun.slice(1);
}

function methodOf(document, path, verb, operation) {
  const [, , noun, ...rest] = path.split('/');
  const own = operation.operationId.split('_')[1];
  const resource = noun === 'widget' ? 'widget' : camel(noun);
  const name = NAMES[operation.operationId] ?? (noun === 'widget' ? widgetName(rest, verb, own) : own);
  return {
    resource,
    name,
    id: operation.operationId,
    verb: verb.toUpperCase(),
    path,
    ids: [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]),
    answer: answerOf(document, operation),
    body: bodyOf(operation),
    isBodyOptional: !isNeeded(document, operation),
    hasQuery: (operation.parameters ?? []).some((parameter) => parameter.in === 'query'),
    isQueryOptional: !(operation.parameters ?? []).some(
      (parameter) => parameter.in === 'query' && parameter.required,
    ),
    words: `${operation.summary}.`,
  };
}

/** `/v1/widget/media` and the like belong to one resource, with the noun in the name. */
function widgetName([noun], verb, own) {
  return noun === 'sessions' ? 'open' : noun === 'media' ? 'upload' : own === 'events' ? 'tell' : own;
}

const camel = (name) => name.replaceAll(/-([a-z])/g, (_, letter) => letter.toUpperCase());

function answerOf(document, { responses }) {
  const contents = Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([, response]) => response.content ?? {});
  const types = contents.flatMap((content) => Object.keys(content));
  const json = contents.find((content) => 'application/json' in content)?.['application/json'].schema;
  if (!json) return types.includes('text/event-stream') ? 'events' : types.length > 0 ? 'text' : 'none';
  const { properties = {} } = resolve(document, json);
  return 'data' in properties && 'next_cursor' in properties ? 'page' : 'json';
}

function bodyOf({ requestBody }) {
  if (!requestBody) return null;
  return 'application/json' in requestBody.content ? 'json' : 'bytes';
}

function isNeeded(document, { requestBody }) {
  const schema = requestBody?.content['application/json']?.schema;
  if (!schema) return requestBody !== undefined;
  const { required = [], type } = resolve(document, schema);
  return required.length > 0 || type !== 'object';
}

/** The schema that a reference names. */
export function resolve(document, schema) {
  return schema.$ref ? resolve(document, document.components.schemas[schema.$ref.split('/').pop()]) : schema;
}
