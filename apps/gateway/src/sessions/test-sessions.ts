import { fault } from '#libs/faults';
import type { NewSession, StoredSession } from '#libs/store';

/** Says of a session that a test key began it: in what the API, webhooks and analytics show of it. */
const MARK = 'parley_test';
/** People of tests are never the people of real sessions, whatever their ids are. */
const PREFIX = 'test:';

/** A session as a test key begins it. */
export function asTest(session: NewSession): NewSession {
  const { externalId, metadata } = session;
  return {
    ...session,
    ...(externalId !== undefined && { externalId: `${PREFIX}${externalId}` }),
    metadata: { ...metadata, [MARK]: 'true' },
  };
}

/** @throws Fault `access/test-key` unless a test key began the session */
export function requireTestSession(session: StoredSession | null): void {
  if (session?.metadata[MARK] === 'true') return;
  throw fault('access/test-key', { detail: 'A test key talks in sessions that it began, and nowhere else.' });
}
