import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  idOf,
  type LoginSessionId,
  type MemberId,
  newId,
  type Role,
  type Scope,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import { Database } from '../database.js';
import { auditEverywhere, Logins, standingOf } from './logins.js';

/** How far a log-in has come; with `second-factor`, nothing is open yet. */
export type LoginStage = 'second-factor' | 'signed-in';

/** A stay of a person in the console. */
export interface StoredLoginSession {
  memberId: MemberId;
  loginSessionId: LoginSessionId;
  stage: LoginStage;
  seenAt: Date;
  expiresAt: Date;
  /** What the person is in the workspace that was asked for; null: no member of it. */
  standing: { role: Role; permissions: Scope[] } | null;
}

/** A stay as its person sees it. */
export interface ShownLoginSession {
  loginSessionId: LoginSessionId;
  userAgent: string;
  ip: string;
  createdAt: Date;
  seenAt: Date;
  expiresAt: Date;
}

/** How a stay begins. */
export interface NewLoginSession {
  /** SHA-256 of the token. */
  tokenHash: Uint8Array;
  stage: LoginStage;
  /** Milliseconds from now. */
  ttlMs: number;
  userAgent: string;
  ip: string;
}

interface SessionRow extends Record<string, unknown> {
  login_id: string;
  id: string;
  stage: LoginStage;
  seen_at: Date;
  expires_at: Date;
  role: string | null;
  permissions: string[] | null;
}

/** More stays of one person at once are more than they have; the oldest go. */
const SESSIONS_MAX = 50;

/** The stays of people in the console, known by the hash of their token. */
@Injectable()
export class LoginSessions {
  constructor(
    private readonly database: Database,
    private readonly logins: Logins,
  ) {}

  /** Begins a stay; one that is signed in is told in every workspace of the person. */
  async start(memberId: MemberId, input: NewLoginSession): Promise<LoginSessionId> {
    const loginSessionId = newId('loginSession');
    const { tokenHash, ttlMs, ...rest } = input;
    const workspaces = input.stage === 'signed-in' ? await this.logins.workspacesOf(memberId) : [];
    const loginId = uuidOf(memberId);
    await this.database.withLogin(memberId, workspaces, async (tx) => {
      await tx.loginSession.deleteMany({ where: { loginId, expiresAt: { lt: new Date() } } });
      const old = await tx.loginSession.findMany({
        where: { loginId },
        orderBy: { seenAt: 'desc' },
        skip: SESSIONS_MAX - 1,
        select: { id: true },
      });
      await tx.loginSession.deleteMany({ where: { loginId, id: { in: old.map(({ id }) => id) } } });
      const expiresAt = new Date(Date.now() + ttlMs);
      const row = { ...rest, loginId, id: uuidOf(loginSessionId), expiresAt };
      await tx.loginSession.create({ data: { ...row, tokenHash: Uint8Array.from(tokenHash) } });
      await auditEverywhere(tx, workspaces, memberId, 'member.sign-in');
    });
    return loginSessionId;
  }

  /** Finds the stay that a token opens, and what its person is in a workspace; null when it is over or never was. */
  async find(tokenHash: Uint8Array, workspaceId: WorkspaceId | null): Promise<StoredLoginSession | null> {
    const [row] = await this.database.run<SessionRow>(
      'load-login-session',
      'select * from load_login_session($1, $2)',
      [Buffer.from(tokenHash), workspaceId && uuidOf(workspaceId)],
    );
    if (!row) return null;
    return {
      memberId: idOf('member', row.login_id),
      loginSessionId: idOf('loginSession', row.id),
      stage: row.stage,
      seenAt: row.seen_at,
      expiresAt: row.expires_at,
      standing: row.role === null ? null : standingOf({ role: row.role, permissions: row.permissions ?? [] }),
    };
  }

  /** Lets a stay that is used live on; writes at most once a minute. */
  async touch(memberId: MemberId, loginSessionId: LoginSessionId, ttlMs: number): Promise<void> {
    await this.database.withLogin(
      memberId,
      [],
      (tx) => tx.$executeRaw`
        update login_session
           set seen_at = now(), expires_at = now() + ${ttlMs}::bigint * interval '1 millisecond'
         where login_id = ${uuidOf(memberId)}::uuid and id = ${uuidOf(loginSessionId)}::uuid
           and seen_at < now() - interval '1 minute'`,
    );
  }

  /** Stays that go on, the last used one first. */
  async list(memberId: MemberId): Promise<ShownLoginSession[]> {
    const rows = await this.database.withLogin(memberId, [], (tx) =>
      tx.loginSession.findMany({
        where: { loginId: uuidOf(memberId), stage: 'signed-in', expiresAt: { gt: new Date() } },
        orderBy: { seenAt: 'desc' },
      }),
    );
    return rows.map(({ id, userAgent, ip, createdAt, seenAt, expiresAt }) => ({
      loginSessionId: idOf('loginSession', id),
      userAgent,
      ip,
      createdAt,
      seenAt,
      expiresAt,
    }));
  }

  /** Removes a stay that never was whole; nobody is told. */
  async discard(memberId: MemberId, loginSessionId: LoginSessionId): Promise<void> {
    await this.database.withLogin(memberId, [], (tx) =>
      tx.loginSession.deleteMany({ where: { loginId: uuidOf(memberId), id: uuidOf(loginSessionId) } }),
    );
  }

  /** Ends one stay of a person. @throws Fault `state/not-found` */
  async end(memberId: MemberId, loginSessionId: LoginSessionId): Promise<void> {
    const workspaces = await this.logins.workspacesOf(memberId);
    await this.database.withLogin(memberId, workspaces, async (tx) => {
      const { count } = await tx.loginSession.deleteMany({
        where: { loginId: uuidOf(memberId), id: uuidOf(loginSessionId) },
      });
      if (count === 0) throw fault('state/not-found');
      await auditEverywhere(tx, workspaces, memberId, 'member.sign-out');
    });
  }
}
