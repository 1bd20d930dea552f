import { fault } from '#libs/faults';
import type { ApiKeyId, MemberId, OauthClientId, Role, Scope, WorkspaceId } from '#libs/model';

/** Who calls the API, and what they may do there: an API key, a token of a client, or a member with the cookie of the console. */
export interface Principal {
  workspaceId: WorkspaceId;
  scopes: readonly Scope[];
  apiKeyId?: ApiKeyId;
  /** The key is one for trying things out: it changes nothing and reaches nobody. */
  isTest?: boolean;
  oauthClientId?: OauthClientId;
  memberId?: MemberId;
  /** Of the member. */
  role?: Role;
}

/** @throws Fault `access/insufficient-scope` that names the scopes which are missing */
export function requireScope(principal: Principal, ...needed: readonly Scope[]): void {
  const missing = needed.filter((scope) => !principal.scopes.includes(scope));
  if (missing.length === 0) return;
  const who = principal.memberId ? 'Your role' : 'The key';
  throw fault('access/insufficient-scope', {
    detail: `${who} lacks the scope ${missing.join(' and ')}.`,
    facts: { apiKeyId: principal.apiKeyId, memberId: principal.memberId, missing: missing.join(' ') },
  });
}
