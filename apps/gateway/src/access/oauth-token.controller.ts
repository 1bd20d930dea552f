import { Controller, Post, Req, Res } from '@nestjs/common';
import { ApiBody, type ApiBodyOptions, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { ClientService, Public, TOKEN_SECONDS } from '#libs/access';
import {
  type OauthError,
  OauthError as OauthErrorSchema,
  OauthIntrospection,
  OauthRevocation,
  OauthTokenAnswer,
  OauthTokenRequest,
} from '#libs/model';
import { Allowances, type StoredOauthClient } from '#libs/store';
import { fault } from '#libs/faults';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AlsoAnswers, Answers, Problems } from '../http/answers.js';
import { credentialsOf } from './client-credentials.js';

const FORM = 'application/x-www-form-urlencoded';

type Form = Readonly<Record<string, string>>;

/** The fields of a form, for the description of the API. */
function bodyOf(schema: z.ZodType): Extract<ApiBodyOptions, { schema: unknown }>['schema'] {
  const { $schema: _, id: __, ...body } = z.toJSONSchema(schema);
  return body as Extract<ApiBodyOptions, { schema: unknown }>['schema'];
}

/** Tries from one place: a hundred at once, then one every second. */
const PER_IP = { burst: 100, refillMs: 1_000 };

/**
 * Where programs get their tokens: the client credentials grant. Its words are those of the RFC, errors included.
 *
 * @see RFC 6749 §4.4, §5, RFC 7009 and RFC 7662 (read 2026-11-21)
 */
@ApiTags('Access')
@Problems()
@Controller('oauth')
@Public()
export class OauthTokenController {
  constructor(
    private readonly clients: ClientService,
    private readonly allowances: Allowances,
  ) {}

  /** Gives a client a token for an hour. */
  @Post('token')
  @ApiConsumes(FORM)
  @ApiBody({ schema: bodyOf(OauthTokenRequest), required: true })
  @Answers(200, OauthTokenAnswer, 'The token')
  @AlsoAnswers(400, OauthErrorSchema, 'What is wrong with the request')
  @AlsoAnswers(401, OauthErrorSchema, 'The client is unknown, or its secret is wrong')
  async token(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OauthTokenAnswer | OauthError> {
    const asked = await this.#askedBy(request, reply);
    if ('error' in asked) return asked;
    const { client, form } = asked;
    if (form['grant_type'] === undefined) return refuse(reply, 'invalid_request', 'grant_type is missing.');
    if (form['grant_type'] !== 'client_credentials') {
      return refuse(reply, 'unsupported_grant_type', 'The grant is client_credentials.');
    }
    const wanted = form['scope']?.split(' ').filter((scope) => scope !== '') ?? null;
    const issued = await this.clients.issue(client, wanted);
    if (!issued) return refuse(reply, 'invalid_scope', 'The client lacks one of the scopes.');
    const { token, scopes } = issued;
    return { access_token: token, token_type: 'Bearer', expires_in: TOKEN_SECONDS, scope: scopes.join(' ') };
  }

  /** Ends a token of the client; for what is none it does nothing, and says the same. */
  @Post('revoke')
  @ApiConsumes(FORM)
  @ApiBody({ schema: bodyOf(OauthRevocation), required: true })
  @Answers(200, null, 'It opens nothing any more')
  @AlsoAnswers(400, OauthErrorSchema, 'What is wrong with the request')
  @AlsoAnswers(401, OauthErrorSchema, 'The client is unknown, or its secret is wrong')
  async revoke(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OauthError | undefined> {
    const asked = await this.#askedBy(request, reply);
    if ('error' in asked) return asked;
    const { client, form } = asked;
    if (form['token'] === undefined) return refuse(reply, 'invalid_request', 'token is missing.');
    await this.clients.revoke(client, form['token']);
    return undefined;
  }

  /** Says what a token of the client is good for. */
  @Post('introspect')
  @ApiConsumes(FORM)
  @ApiBody({ schema: bodyOf(OauthRevocation), required: true })
  @Answers(200, OauthIntrospection, 'Whether it opens anything, and what')
  @AlsoAnswers(400, OauthErrorSchema, 'What is wrong with the request')
  @AlsoAnswers(401, OauthErrorSchema, 'The client is unknown, or its secret is wrong')
  async introspect(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OauthIntrospection | OauthError> {
    const asked = await this.#askedBy(request, reply);
    if ('error' in asked) return asked;
    const { client, form } = asked;
    if (form['token'] === undefined) return refuse(reply, 'invalid_request', 'token is missing.');
    const found = await this.clients.look(client, form['token']);
    if (!found) return { active: false };
    const { clientId, scopes, expiresAt } = found;
    const exp = Math.floor(expiresAt.getTime() / 1_000);
    return { active: true, scope: scopes.join(' '), client_id: clientId, token_type: 'Bearer', exp };
  }

  /** Which client asks, and for what; or why it is refused, which is then on the reply. */
  async #askedBy(
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<{ client: StoredOauthClient; form: Form } | OauthError> {
    void reply.header('cache-control', 'no-store');
    const form = formOf(request);
    if (!form) return refuse(reply, 'invalid_request', 'Send a form, each parameter once.');
    const client = await this.#clientOf(request, form);
    if (!client) return refuse(reply, 'invalid_client', 'The client is unknown, or its secret is wrong.');
    return { client, form };
  }

  /** @throws Fault `state/rate-limited` for who guesses */
  async #clientOf(request: FastifyRequest, form: Form): Promise<StoredOauthClient | null> {
    const asked = [{ key: `oauth:ip:${request.ip}`, ...PER_IP }];
    const [state] = await this.allowances.take(asked);
    if (state && !state.isAllowed) throw fault('state/rate-limited', { retryAfterMs: state.retryAfterMs });
    const given = credentialsOf(request.headers.authorization, form);
    const client = given && (await this.clients.authenticate(given.id, given.secret));
    if (client) await this.allowances.giveBack(asked);
    return client;
  }
}

/** The parameters of a form; null when there is none, or one parameter twice (RFC 6749 §3.2). */
function formOf({ body }: FastifyRequest): Form | null {
  if (!(body instanceof URLSearchParams)) return null;
  const names = [...body.keys()];
  return new Set(names).size === names.length ? Object.fromEntries(body) : null;
}

function refuse(reply: FastifyReply, error: OauthError['error'], description: string): OauthError {
  void reply.status(error === 'invalid_client' ? 401 : 400);
  if (error === 'invalid_client') void reply.header('www-authenticate', 'Basic realm="parley"');
  return { error, error_description: description };
}
