import { LogIn } from '#libs/access';
import type { MemberId, Role, WorkspaceId } from '#libs/model';
import { Members, type Standing } from '#libs/store';
import { hashPassword } from '#libs/access';
import type { ApiAnswer, Booted } from './boot.js';

/** Calls the API as a browser with the console does: with the cookie that it was given last, in one workspace. */
export interface Browser {
  (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer>;
  /** `name=token`; empty after signing out. */
  cookie: string;
  /** Who it is; null before signing in. */
  memberId: MemberId | null;
  /** The workspace that requests name; null names none. */
  workspaceId: WorkspaceId | null;
}

/** A browser that is not signed in. */
export function browserOf({ url }: Pick<Booted, 'url'>, workspaceId: WorkspaceId | null = null): Browser {
  const browser: Browser = Object.assign(
    async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: {
          ...(browser.cookie && { cookie: browser.cookie }),
          ...(browser.workspaceId && { 'parley-workspace': browser.workspaceId }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const [given] = answer.headers.getSetCookie();
      if (given !== undefined)
        browser.cookie = given.startsWith('parley_session=;') ? '' : (given.split(';')[0] ?? '');
      const text = await answer.text();
      const isJson = (answer.headers.get('content-type') ?? '').includes('json');
      return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
    },
    { cookie: '', memberId: null, workspaceId },
  );
  return browser;
}

const PASSWORD = 'correct horse battery';
let hash: Promise<string> | undefined;

/** A member of a workspace who is signed in. @param name  also in front of the @, in small letters */
export async function memberOf(
  booted: Booted,
  workspaceId: WorkspaceId,
  role: Role,
  name: string,
  permissions?: Standing['permissions'],
): Promise<Browser> {
  hash ??= hashPassword(PASSWORD);
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.com`;
  const person = { email, name, role, permissions, passwordHash: await hash };
  const { memberId } = await booted.gateway.get(Members).create(workspaceId, { ...person, actor: 'system' });
  const whence = { ip: '127.0.0.1', userAgent: 'test' };
  const { token } = await booted.gateway.get(LogIn).signIn(person.email, PASSWORD, whence);
  return Object.assign(browserOf(booted, workspaceId), { memberId, cookie: `parley_session=${token}` });
}
