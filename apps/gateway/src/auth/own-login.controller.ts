import { Body, Controller, Delete, Get, Post, Put, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { LogIn, Public, scopesOf, SecondFactor as Factor } from '#libs/access';
import { fault } from '#libs/faults';
import {
  ChangePassword,
  LogIn as LogInView,
  LoginSessionList,
  type LoginSessionId,
  PasswordCheck,
  RecoveryCodes,
  SecondFactor,
  TotpSecret,
} from '#libs/model';
import { Logins, LoginSessions, type StoredLogin } from '#libs/store';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { Person, PersonGuard, SameSiteGuard, type Visitor } from './person-guard.js';

/** What people do with their own login. */
@ApiTags('Log-in')
@Problems()
@Controller('v1/auth')
@Public()
@UseGuards(SameSiteGuard, PersonGuard)
export class OwnLoginController {
  constructor(
    private readonly logIn: LogIn,
    private readonly factor: Factor,
    private readonly logins: Logins,
    private readonly sessions: LoginSessions,
  ) {}

  /** Says who is signed in, and what they may do where. */
  @Get('session')
  @Answers(200, LogInView, 'The person and their workspaces')
  async session(@Person() { memberId }: Visitor): Promise<LogInView> {
    const { email, name, hasSecondFactor } = await this.#login(memberId);
    const memberships = await this.logins.memberships(memberId);
    return {
      member: { id: memberId, email, name, has_second_factor: hasSecondFactor },
      workspaces: memberships.map(({ workspaceId, workspaceName, role, permissions }) => ({
        id: workspaceId,
        name: workspaceName,
        role,
        permissions: scopesOf(role, permissions),
      })),
    };
  }

  /** Begins a second factor; it counts from its first code on. */
  @Post('totp')
  @Answers(200, TotpSecret, 'What an app needs')
  async beginTotp(@Person() { memberId }: Visitor): Promise<TotpSecret> {
    const { secret, uri } = await this.factor.begin(await this.#login(memberId));
    return { secret, otpauth_uri: uri };
  }

  /** Takes the first code of the app. */
  @Post('totp/confirm')
  @Answers(200, RecoveryCodes, 'Codes for when the app is lost')
  async confirmTotp(
    @Person() { memberId }: Visitor,
    @Body({ schema: SecondFactor }) { code }: SecondFactor,
  ): Promise<RecoveryCodes> {
    return { recovery_codes: await this.factor.confirm(await this.#login(memberId), code) };
  }

  /** Takes the second factor away. */
  @Delete('totp')
  @Answers(204, null, 'The password is enough again')
  async removeTotp(
    @Person() { memberId }: Visitor,
    @Body({ schema: PasswordCheck }) { password }: PasswordCheck,
  ): Promise<void> {
    await this.logIn.confirm(memberId, password);
    await this.logins.removeTotp(memberId);
  }

  /** Changes the password; every other session ends. */
  @Put('password')
  @Answers(204, null, 'It is changed')
  async changePassword(
    @Person() { memberId, token }: Visitor,
    @Body({ schema: ChangePassword }) { current, new: next }: ChangePassword,
  ): Promise<void> {
    await this.logIn.changePassword(token, memberId, current, next);
  }

  /** Lists where one is signed in. */
  @Get('sessions')
  @Answers(200, LoginSessionList, 'The sessions, the last used one first')
  async list(@Person() { memberId, loginSessionId: current }: Visitor): Promise<LoginSessionList> {
    const found = await this.sessions.list(memberId);
    return {
      data: found.map((one) => ({
        id: one.loginSessionId,
        is_current: one.loginSessionId === current,
        user_agent: one.userAgent,
        ip: one.ip,
        created_at: one.createdAt.toISOString(),
        seen_at: one.seenAt.toISOString(),
        expires_at: one.expiresAt.toISOString(),
      })),
    };
  }

  /** Ends one of one's own sessions. */
  @Delete('sessions/:id')
  @Answers(204, null, 'It is over')
  end(@Person() { memberId }: Visitor, @Id('loginSession') loginSessionId: LoginSessionId): Promise<void> {
    return this.logIn.signOut(memberId, loginSessionId);
  }

  async #login(memberId: Visitor['memberId']): Promise<StoredLogin> {
    const login = await this.logins.find(memberId);
    if (!login) throw fault('access/invalid-session');
    return login;
  }
}
