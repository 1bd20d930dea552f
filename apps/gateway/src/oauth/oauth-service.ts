import { Injectable } from '@nestjs/common';
import type { Principal } from '#libs/access';
import type { GatewayConfig } from '#libs/config';
import { connectorOf, type Io, type OauthPort } from '#libs/connectors';
import { fault, timeLimit } from '#libs/faults';
import type { ChannelId, OauthLink, WorkspaceId } from '#libs/model';
import { type Actor, Channels, type LoadedChannel, type StoredChannel } from '#libs/store';
import { ChannelService } from '../channels/channel-service.js';
import { Config } from '../config-token.js';
import { actorOf } from '../http/actor.js';
import { Outside } from '../outside.js';
import { type Grant, grantOf, stateOf, STATE_MS } from './oauth-state.js';

/** How long the provider may take to exchange a code. */
const EXCHANGE_MS = 15_000;

/** Lets a person grant a channel access at its provider, instead of pasting a token. */
@Injectable()
export class OauthService {
  constructor(
    private readonly channels: Channels,
    private readonly service: ChannelService,
    private readonly outside: Outside,
    @Config() private readonly config: GatewayConfig,
  ) {}

  /**
   * The provider's page on which a person agrees.
   *
   * @throws Fault `state/not-found`; `channel/not-connected` when the settings lack what this needs, or this kind of channel
   *   has no such page
   */
  async begin(caller: Principal, channelId: ChannelId): Promise<OauthLink> {
    const { workspaceId } = caller;
    const channel = await this.#load(workspaceId, channelId);
    const { version } = channel;
    const expiresAt = Date.now() + STATE_MS;
    const grant: Grant = { workspaceId, channelId, version, actor: actorOf(caller), expiresAt };
    const state = stateOf(grant, this.config.secrets.current.key);
    return {
      url: portOf(channel).authorizeUrl(channel.settings, this.#redirectUrl, state),
      redirect_url: this.#redirectUrl,
      expires_at: new Date(expiresAt).toISOString(),
    };
  }

  /**
   * Takes the code with which the person came back: the channel gets what the provider gives for it, and is checked.
   *
   * @throws Fault `access/invalid-signature`, `access/token-expired`; `state/version-mismatch` when the channel was changed
   *   since, by this very grant perhaps; what the provider says of the code
   */
  async finish(code: string, state: string): Promise<StoredChannel> {
    const grant = grantOf(state, this.config.secrets.current.key, Date.now());
    const { workspaceId, channelId, version, actor } = grant;
    const channel = await this.#load(workspaceId, channelId);
    if (channel.version !== version) throw fault('state/version-mismatch', { facts: { channelId } });
    const settings = await portOf(channel).exchange(code, this.#redirectUrl, this.#io(channel));
    await this.service.update(workspaceId, channelId, { settings: { ...settings } }, version, actor as Actor);
    return (await this.service.check(workspaceId, channelId)).channel;
  }

  get #redirectUrl(): string {
    return `${this.config.http.publicUrl}/oauth/callback`;
  }

  async #load(workspaceId: WorkspaceId, channelId: ChannelId): Promise<LoadedChannel> {
    const channel = await this.channels.load(channelId);
    if (channel?.workspaceId !== workspaceId) throw fault('state/not-found', { facts: { channelId } });
    return channel;
  }

  #io({ settings }: LoadedChannel): Io<Record<string, unknown>> {
    const noFile = (): Promise<never> =>
      Promise.reject(fault('internal/bug', { detail: 'No file has part in an exchange of a code.' }));
    return {
      settings,
      fetch: this.outside.egress.fetch,
      signal: timeLimit(EXCHANGE_MS).signal,
      now: Date.now,
      linkTo: noFile,
      readMedia: noFile,
    };
  }
}

function portOf({ connector }: LoadedChannel): OauthPort<Record<string, unknown>> {
  const port = connectorOf(connector).oauth as OauthPort<Record<string, unknown>> | undefined;
  if (!port)
    throw fault('channel/not-connected', { detail: `Channels of ${connector} are not connected by OAuth.` });
  return port;
}
