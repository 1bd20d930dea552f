import { Injectable } from '@nestjs/common';
import { connectorOf, registry, type VisitorPort } from '#libs/connectors';
import { fault, invalidInput } from '#libs/faults';
import type { ChannelId, Session, SessionId, WorkspaceId } from '#libs/model';
import {
  ChannelCache,
  Channels,
  type LoadedChannel,
  type NewSession,
  Sessions,
  type StoredSession,
} from '#libs/store';
import { Greeter } from './greeter.js';

/** A session with the token that opens the widget routes for it. */
export interface OpenSession {
  session: StoredSession;
  clientToken: string;
}

/** The stays of visitors: how they begin, go on and end. */
@Injectable()
export class SessionService {
  constructor(
    private readonly sessions: Sessions,
    private readonly channels: Channels,
    private readonly channelCache: ChannelCache,
    private readonly greeter: Greeter,
  ) {}

  /**
   * Begins a session; a conversation that is new gets the greeting of its bot.
   *
   * @throws Fault `state/not-found` for a channel of another workspace; `input/invalid` for one without sessions
   */
  async begin(workspaceId: WorkspaceId, input: NewSession): Promise<OpenSession> {
    const channel = await this.#channel(input.channelId);
    if (channel?.workspaceId !== workspaceId) {
      throw fault('state/not-found', { detail: 'There is no such channel.' });
    }
    const port = portOf(channel);
    const { session, isNew } = await this.sessions.start(workspaceId, input);
    if (isNew) await this.greeter.greet(channel, session);
    return this.#open(session, channel, port);
  }

  /**
   * The channel where a session goes that names none.
   *
   * @throws Fault `input/invalid` when the workspace has no channel with sessions
   */
  async defaultChannel(workspaceId: WorkspaceId): Promise<ChannelId> {
    const connectors = [...registry.values()].filter((connector) => connector.visitors);
    const channelId = await this.channels.firstOf(
      workspaceId,
      connectors.map((connector) => connector.manifest.id),
    );
    if (channelId) return channelId;
    const message = 'the workspace has no channel with sessions: create one first';
    throw invalidInput([{ path: ['channel_id'], code: 'no_sessions', message }]);
  }

  /**
   * A session that goes on, with a token until it expires.
   *
   * @throws Fault `state/not-found`; `state/gone` when it has ended
   */
  async get(workspaceId: WorkspaceId, sessionId: SessionId): Promise<OpenSession> {
    const session = await this.sessions.get(sessionId);
    if (session?.workspaceId !== workspaceId) throw fault('state/not-found', { facts: { sessionId } });
    if (session.endedAt) throw fault('state/gone', { detail: 'The session has ended.' });
    return this.reopen(session);
  }

  /** Lets a session live on: a new token for the same visitor. */
  async extend(session: StoredSession, ttlMs: number): Promise<OpenSession> {
    const expiresAt = await this.sessions.extend(session.workspaceId, session.sessionId, ttlMs);
    if (!expiresAt) throw fault('state/gone', { detail: 'The session has ended.' });
    return this.reopen({ ...session, expiresAt });
  }

  /** @throws Fault `state/not-found` */
  async end(workspaceId: WorkspaceId, sessionId: SessionId): Promise<StoredSession> {
    const session = await this.sessions.get(sessionId);
    if (session?.workspaceId !== workspaceId) throw fault('state/not-found', { facts: { sessionId } });
    await this.sessions.end(workspaceId, sessionId);
    return session;
  }

  /** The session with a token until it expires. */
  async reopen(session: StoredSession): Promise<OpenSession> {
    const channel = await this.#channel(session.channelId);
    if (!channel) throw fault('state/not-found');
    return this.#open(session, channel, portOf(channel));
  }

  async #channel(channelId: ChannelId): Promise<LoadedChannel | null> {
    return this.channelCache.load(channelId);
  }

  async #open(
    session: StoredSession,
    channel: LoadedChannel,
    port: VisitorPort<unknown>,
  ): Promise<OpenSession> {
    const { sessionId, conversationId, contactId, thread, expiresAt } = session;
    const visitor = { sessionId, conversationId, contactId, thread };
    const token = await port.mint(visitor, expiresAt.getTime(), channel.settings);
    // The connector's token says nothing to us; the id in front says whose session, and so which channel, it is of.
    return { session, clientToken: `${sessionId}.${token}` };
  }
}

/** @throws Fault `input/invalid` when the channel has no sessions */
function portOf(channel: LoadedChannel): VisitorPort<unknown> {
  const port = connectorOf(channel.connector).visitors;
  if (port) return port;
  const message = 'this kind of channel has no sessions';
  throw invalidInput([{ path: ['channel_id'], code: 'no_sessions', message }]);
}

/** A session as the API shows it. */
export function sessionOf({ session, clientToken }: OpenSession): Session {
  return {
    id: session.sessionId,
    channel_id: session.channelId,
    conversation_id: session.conversationId,
    contact_id: session.contactId,
    client_token: clientToken,
    expires_at: session.expiresAt.toISOString(),
  };
}
