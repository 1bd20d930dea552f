import { rm } from 'node:fs/promises';
import path from 'node:path';
import wweb, { type Client, type Message, type MessageId } from 'whatsapp-web.js';
import { endOrphan } from './orphans.js';
import { ToChild, type Call, type FromChild, type ToldMessage } from './protocol.js';

/**
 * The process that holds one WhatsApp account's browser, and nothing else: whatever goes wrong in the library or the page ends this
 * process, and the worker starts another. It speaks to its parent only, and ends when the parent does.
 */

const { Client: WebClient, LocalAuth, Location, MessageMedia } = wweb;

/** How long after "authenticated" the page may take to say that it is ready, before it is asked itself. */
const READY_WATCHDOG_MS = 15_000;

let client: Client | undefined;
/** The browser's profile; it holds the link to the account. */
let profile: string | undefined;
/** The link has ended for good: what is kept of it must go, or the next start would take it for one. */
let isLoggedOut = false;

const tell = (told: FromChild): void => void process.send?.(told);

/** Ends for good: the browser first, so that none is left behind. */
async function end(reason: string, code: number): Promise<void> {
  tell({ tell: 'ended', reason: reason.slice(0, 500) });
  const late = setTimeout(() => process.exit(code), 5_000);
  await client?.destroy().catch(() => undefined);
  if (isLoggedOut && profile !== undefined)
    await rm(profile, { recursive: true, force: true }).catch(() => undefined);
  clearTimeout(late);
  process.disconnect?.();
  process.exit(code);
}

// The library throws strings outside of any promise we hold, after a page has gone.
process.on('unhandledRejection', (reason) => void end(`The library failed: ${wordsOf(reason)}`, 1));
process.on('uncaughtException', (error) => void end(`The library failed: ${wordsOf(error)}`, 1));
process.on('disconnect', () => void end('The worker is gone.', 0));
process.on('message', (raw) => {
  const parsed = ToChild.safeParse(raw);
  if (!parsed.success) return;
  const { data } = parsed;
  if (data.tell === 'open')
    void open(data).catch((error: unknown) => end(`It did not open: ${wordsOf(error)}`, 1));
  if (data.tell === 'close') void end('It was closed.', 0);
  if (data.tell === 'call') void answer(data.call, data.what);
});

interface Opening {
  folder: string;
  chromium: string;
  pairWith?: string | undefined;
  standIn?: string | undefined;
}

async function open({ folder, chromium, pairWith, standIn }: Opening): Promise<void> {
  profile = path.join(folder, 'session');
  await endOrphan(profile);
  client = new WebClient({
    authStrategy: new LocalAuth({ dataPath: folder }),
    webVersionCache: { type: 'none' }, // the default writes into the working directory
    userAgent: false, // the default pretends to be an old browser
    authTimeoutMs: 60_000,
    qrMaxRetries: 0,
    ...(pairWith !== undefined && { pairWithPhoneNumber: { phoneNumber: pairWith.slice(1) } }),
    puppeteer: { headless: true, executablePath: chromium, args: browserArgs(standIn) },
  } as unknown as ConstructorParameters<typeof WebClient>[0]);
  listen(client);
  await client.initialize();
  // Neither the death of the browser nor a crash of the page is an event of the library.
  client.pupBrowser?.on('disconnected', () => void end('The browser ended.', 1));
  client.pupPage?.on('error', () => void end('The page crashed.', 1));
}

function browserArgs(standIn: string | undefined): string[] {
  const always = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ];
  const toStandIn = [
    `--host-resolver-rules=MAP web.whatsapp.com ${standIn}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
    '--ignore-certificate-errors',
  ];
  return standIn === undefined ? always : [...always, ...toStandIn];
}

function listen(from: Client): void {
  from.on('qr', (value) => tell({ tell: 'qr', value }));
  from.on('code', (value) => tell({ tell: 'code', value }));
  from.on('authenticated', () => {
    tell({ tell: 'authenticated' });
    setTimeout(() => void remindOfReady(from), READY_WATCHDOG_MS).unref();
  });
  from.on('ready', () => {
    isReady = true;
    tell({ tell: 'ready', me: from.info.wid._serialized });
  });
  from.on('auth_failure', (words) => void end(`WhatsApp refuses the session: ${words}`, 1));
  from.on('change_state', (state) => tell({ tell: 'state', state }));
  from.on('disconnected', (reason) => {
    isLoggedOut ||= reason === 'LOGOUT';
    void end(`WhatsApp ended the link: ${reason}`, 0);
  });
  from.on('message', (message) => tellMessage('message', message));
  from.on('message_edit', (message) => tellMessage('edited', message));
  from.on('message_ack', (message, ack) => {
    if (message.id.fromMe) tell({ tell: 'ack', chat: message.to, stanza: message.id.id, ack });
  });
  from.on('message_revoke_everyone', (message) => {
    if (!message.id.fromMe)
      tell({
        tell: 'revoked',
        chat: message.from,
        author: message.author ?? message.from,
        stanza: message.id.id,
      });
  });
  from.on('message_reaction', ({ id, msgId, senderId, reaction }) => {
    if (!id.fromMe)
      tell({
        tell: 'reaction',
        chat: msgId.remote,
        author: senderId,
        stanza: msgId.id,
        emoji: reaction,
        key: id._serialized,
      });
  });
}

let isReady = false;

/** A page that had synchronised before the library looked never says so: then it is asked. */
async function remindOfReady(from: Client): Promise<void> {
  if (isReady) return;
  await from.pupPage?.evaluate(
    'if (window.require("WAWebSocketModel").Socket.hasSynced) window.onAppStateHasSyncedEvent()',
  );
}

function tellMessage(tellAs: 'message' | 'edited', message: Message): void {
  tell({ tell: tellAs, message: toldOf(message) });
}

/** What stands in the page's own model, which the library hands on whole. */
interface PageModel {
  notifyName?: string;
  quotedStanzaID?: string;
  mimetype?: string;
  filename?: string;
  caption?: string;
}

function toldOf(message: Message): ToldMessage {
  const model: PageModel = (message as unknown as { _data?: PageModel })._data ?? {};
  const id: MessageId = message.id;
  const { location } = message;
  const hasFile = message.hasMedia || model.mimetype !== undefined;
  return {
    stanza: id.id,
    serialized: id._serialized,
    chat: id.fromMe ? message.to : message.from,
    author: message.author ?? message.from,
    ...(model.notifyName && { name: model.notifyName.slice(0, 200) }),
    isMine: id.fromMe,
    type: message.type,
    body: (hasFile ? (model.caption ?? message.body) : message.body) ?? '',
    seconds: Number.isFinite(message.timestamp) ? Math.max(0, message.timestamp) : 0,
    ...(model.quotedStanzaID && { quoted: model.quotedStanzaID }),
    ...(message.isForwarded && { isForwarded: true }),
    ...(model.mimetype && { mime: model.mimetype }),
    ...(model.filename && { fileName: model.filename }),
    ...(location && {
      location: {
        latitude: Number(location.latitude),
        longitude: Number(location.longitude),
        ...(location.name && { name: location.name }),
      },
    }),
    ...(message.vCards?.length && { vcards: message.vCards }),
  };
}

async function answer(call: number, what: Call): Promise<void> {
  const refuse = (why: string, words: string): void =>
    tell({ tell: 'refusal', call, why, words: words.slice(0, 500) });
  if (!client || !isReady) return refuse('not-ready', 'The account is not linked, or not ready yet.');
  try {
    const value = await run(client, what);
    if (value === undefined)
      return refuse('unknown-recipient', 'WhatsApp does not know this recipient, or the file is gone.');
    tell({ tell: 'answer', call, value });
  } catch (error) {
    refuse('failed', wordsOf(error));
  }
}

async function run(on: Client, what: Call): Promise<unknown> {
  switch (what.do) {
    case 'send':
      return send(on, what);
    case 'fetch-media': {
      const message = await on.getMessageById(what.serialized);
      const media = await message?.downloadMedia();
      return (
        media && { base64: media.data, mime: media.mimetype, ...(media.filename && { name: media.filename }) }
      );
    }
    case 'seen':
      return (await on.sendSeen(what.chat)) ?? true;
    case 'unread':
      return unread(on);
    case 'logout':
      isLoggedOut = true;
      await on.logout();
      return true;
  }
}

async function send(on: Client, what: Extract<Call, { do: 'send' }>): Promise<unknown> {
  const { file, location } = what;
  const content = location
    ? new Location(location.latitude, location.longitude, { ...(location.name && { name: location.name }) })
    : file
      ? new MessageMedia(file.mime, file.base64, file.name ?? null)
      : (what.text ?? '');
  const sent = (await on.sendMessage(what.chat, content, {
    sendSeen: false,
    waitUntilMsgSent: true,
    ...(file && what.text !== undefined && { caption: what.text }),
    ...(what.asDocument && { sendMediaAsDocument: true }),
    ...(what.asVoice && { sendAudioAsVoice: true }),
  })) as Message | undefined;
  return sent && { stanza: sent.id.id, ack: sent.ack ?? 0 };
}

/** What came while nobody listened: the newest messages of chats that have unread ones, oldest first. */
async function unread(on: Client): Promise<ToldMessage[]> {
  const chats = (await on.getChats()).filter(({ unreadCount }) => unreadCount > 0).slice(0, 200);
  const found: ToldMessage[] = [];
  for (const chat of chats) {
    const messages = await chat.fetchMessages({ limit: Math.min(chat.unreadCount, 100), fromMe: false });
    found.push(...messages.map(toldOf));
  }
  return found.toSorted((a, b) => a.seconds - b.seconds);
}

function wordsOf(thrown: unknown): string {
  return (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 400);
}
