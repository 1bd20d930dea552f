import { fault } from '#libs/faults';
import type { ApiKeyId, Scope, WorkspaceId } from '#libs/model';

/** Who calls the API, and what they may do there. */
export interface Principal {
  workspaceId: WorkspaceId;
  apiKeyId: ApiKeyId;
  scopes: readonly Scope[];
}

/** @throws Fault `access/insufficient-scope` that names the scopes which are missing */
export function requireScope(principal: Principal, ...needed: readonly Scope[]): void {
  const missing = needed.filter((scope) => !principal.scopes.includes(scope));
  if (missing.length === 0) return;
  throw fault('access/insufficient-scope', {
    detail: `The key lacks the scope ${missing.join(' and ')}.`,
    facts: { apiKeyId: principal.apiKeyId, missing: missing.join(' ') },
  });
}
