import { queryOptions, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import type { Scope } from '#libs/model';
import { call } from './call.js';
import { Problem } from './problem.js';
import { chooseWorkspace, currentWorkspace } from './workspace.js';

/** A workspace that the member belongs to, and what they may do there. */
export interface Membership {
  id: string;
  name: string;
  role: string;
  permissions: readonly string[];
}

/** Who is signed in. */
export interface Session {
  member: { id: string; email: string; name: string; has_second_factor: boolean };
  workspaces: readonly Membership[];
}

/** Who is signed in; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session | null> => {
    try {
      return settled(await call<Session>('GET', '/v1/auth/session'));
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

/** The chosen workspace stays among those of the member. */
function settled(session: Session): Session {
  const chosen = currentWorkspace();
  if (!session.workspaces.some(({ id }) => id === chosen)) chooseWorkspace(session.workspaces[0]?.id ?? null);
  return session;
}

/** Who is signed in, where somebody surely is. */
export function useSession(): Session {
  const { data } = useQuery(sessionQuery);
  return data ?? { member: { id: '', email: '', name: '', has_second_factor: false }, workspaces: [] };
}

/** The workspace that is on the screen. */
export function useWorkspace(): Membership {
  const { workspaces } = useSession();
  const chosen = currentWorkspace();
  return (
    workspaces.find(({ id }) => id === chosen) ??
    workspaces[0] ?? { id: '', name: '', role: 'viewer', permissions: [] }
  );
}

/** Whether the member may do something in the workspace: what they may not is not offered. */
export function useMay(scope: Scope | 'members:read' | 'members:write'): boolean {
  return useWorkspace().permissions.includes(scope);
}

/** Ends the session here, and forgets everything that was shown. */
export async function signOut(client: QueryClient): Promise<void> {
  await call('POST', '/v1/auth/sign-out').catch(() => undefined);
  client.clear();
  client.setQueryData(sessionQuery.queryKey, null);
}

/** Goes to another workspace: nothing of the one before stays on the screen. */
export function useSwitchWorkspace(): (id: string) => void {
  const client = useQueryClient();
  return (id) => {
    chooseWorkspace(id);
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
    void client.invalidateQueries();
  };
}
