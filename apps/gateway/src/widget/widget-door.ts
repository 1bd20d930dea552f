import { Injectable } from '@nestjs/common';
import { connectorOf, type VisitorPort } from '#libs/connectors';
import { fault } from '#libs/faults';
import { type ChannelId, isId, type SessionId } from '#libs/model';
import { ChannelCache, type LoadedChannel, Sessions, type StoredSession } from '#libs/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { allowOrigin } from '../http/cors.js';

/** A visitor on a channel. */
export interface Visit {
  session: StoredSession;
  channel: LoadedChannel;
}

/** Decides who comes in from a browser: by the page it stands on, and by the token of its session. */
@Injectable()
export class WidgetDoor {
  constructor(
    private readonly channels: ChannelCache,
    private readonly sessions: Sessions,
  ) {}

  /**
   * The channel that a page asks for. Pages that it does not allow are turned away before anything happens.
   *
   * @throws Fault `state/not-found` for a channel without visitors; `access/origin-not-allowed`
   */
  async channelFor(
    channelId: ChannelId,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<LoadedChannel> {
    const channel = await this.channels.load(channelId);
    const port = channel && connectorOf(channel.connector).visitors;
    if (!channel || !port) throw fault('state/not-found', { detail: 'There is no such channel.' });
    const { origin } = request.headers;
    // Whoever names no origin is no browser; it comes in where everybody may.
    if (!port.allowsOrigin(origin ?? '', channel.settings)) throw fault('access/origin-not-allowed');
    if (origin !== undefined) allowOrigin(reply, origin);
    return channel;
  }

  /**
   * The visitor of a request.
   *
   * @throws Fault `access/missing-credentials`, `access/invalid-api-key`, `access/token-expired`,
   *   `access/origin-not-allowed`; `state/gone` when the session has ended
   */
  async visitOf(request: FastifyRequest, reply: FastifyReply): Promise<Visit> {
    const { sessionId, token } = readToken(request.headers.authorization);
    const session = await this.sessions.get(sessionId);
    const channel = session && (await this.channels.load(session.channelId));
    const port = channel && connectorOf(channel.connector).visitors;
    if (!session || !channel || !port) throw invalidToken();
    this.#requireOrigin(port, channel, request, reply);
    const visitor = await port.verify(token, Date.now(), channel.settings);
    if (visitor.sessionId !== sessionId) throw invalidToken();
    if (session.endedAt) throw fault('state/gone', { detail: 'The session has ended.' });
    return { session, channel };
  }

  /** The token is the credential: a request without an origin is good here, one from a wrong page is not. */
  #requireOrigin(
    port: VisitorPort<unknown>,
    channel: LoadedChannel,
    { headers: { origin } }: FastifyRequest,
    reply: FastifyReply,
  ): void {
    if (origin === undefined) return;
    if (!port.allowsOrigin(origin, channel.settings)) throw fault('access/origin-not-allowed');
    allowOrigin(reply, origin);
  }
}

function readToken(authorization: string | undefined): { sessionId: SessionId; token: string } {
  if (authorization === undefined || authorization.trim() === '') throw fault('access/missing-credentials');
  const [, id = '', token = ''] = /^bearer +([^.\s]+)\.(\S+)$/i.exec(authorization.trim()) ?? [];
  if (!isId('session', id)) throw invalidToken();
  return { sessionId: id, token };
}

function invalidToken(): Error {
  return fault('access/invalid-api-key', { detail: 'The visitor token is not valid.' });
}
