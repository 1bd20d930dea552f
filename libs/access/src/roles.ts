import { fault } from '#libs/faults';
import { type Role, Scope } from '#libs/model';
import { type Principal, requireScope } from './principal.js';

/** What who works with customers needs. */
const OPERATOR: readonly Scope[] = [
  'sessions:write',
  'messages:read',
  'messages:write',
  'conversations:read',
  'contacts:read',
  'contacts:write',
  'channels:read',
  'bots:read',
  'knowledge:read',
  'trace:read',
  'events:read',
  'analytics:read',
];

/** What who teaches bots needs. */
const BOT_AUTHOR: readonly Scope[] = [
  'messages:read',
  'conversations:read',
  'channels:read',
  'bots:read',
  'bots:write',
  'knowledge:read',
  'knowledge:write',
  'triggers:read',
  'triggers:write',
  'trace:read',
  'events:read',
  'analytics:read',
];

/** Reading that shows how the installation is guarded, or gives everything away at once. */
const NOT_FOR_VIEWERS: readonly Scope[] = ['keys:read', 'audit:read', 'exports:read'];

/**
 * What a role may do. Owner and admin may do everything that has a scope; that only an owner makes owners is a rule of its
 * own.
 *
 * @param permissions  of the role `custom`
 */
export function scopesOf(role: Role, permissions: readonly Scope[]): Scope[] {
  switch (role) {
    case 'owner':
    case 'admin':
      return [...Scope.options];
    case 'operator':
      return [...OPERATOR];
    case 'bot-author':
      return [...BOT_AUTHOR];
    case 'viewer':
      return Scope.options.filter((scope) => scope.endsWith(':read') && !NOT_FOR_VIEWERS.includes(scope));
    case 'custom':
      return [...permissions];
  }
}

/**
 * Nobody gives more than they have, and only an owner makes or touches an owner.
 *
 * @throws Fault `access/insufficient-scope`
 */
export function requireMayGive(
  giver: Principal,
  { role, permissions = [] }: { role: Role; permissions?: readonly Scope[] | undefined },
): void {
  if (role === 'owner' && giver.role !== 'owner') {
    throw fault('access/insufficient-scope', { detail: 'Only an owner makes, changes or removes an owner.' });
  }
  requireScope(giver, ...scopesOf(role, permissions));
}
