import { Body, Controller, Get, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { InvitationService, LogIn, Public, SetUpService, sessionTokenOf } from '#libs/access';
import { fault } from '#libs/faults';
import { AcceptInvitation, SecondFactor, SetUp, SetUpState, SignedIn, SignIn } from '#libs/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Answers, Problems } from '../http/answers.js';
import { farewell, welcome, whenceOf } from './cookies.js';
import { Person, PersonGuard, SameSiteGuard, type Visitor } from './person-guard.js';

/** How people come into the console, and go. */
@ApiTags('Log-in')
@Problems()
@Controller('v1/auth')
@Public()
@UseGuards(SameSiteGuard)
export class AuthController {
  constructor(
    private readonly logIn: LogIn,
    private readonly setUps: SetUpService,
    private readonly invitations: InvitationService,
  ) {}

  /** Signs a person in; who has a second factor sends its code next. */
  @Post('sign-in')
  @Answers(200, SignedIn, 'How far it has come; the session is in a cookie')
  async signIn(
    @Body({ schema: SignIn }) { email, password }: SignIn,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedIn> {
    return welcome(await this.logIn.signIn(email, password, whenceOf(request)), reply);
  }

  /** Takes the code of the second factor. */
  @Post('second-factor')
  @Answers(200, SignedIn, 'Signed in; the session has another cookie')
  async secondFactor(
    @Body({ schema: SecondFactor }) { code }: SecondFactor,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedIn> {
    const token = sessionTokenOf(request.headers);
    if (token === null) throw fault('access/missing-credentials', { detail: 'Sign in first.' });
    return welcome(await this.logIn.complete(token, code, whenceOf(request)), reply);
  }

  /** Signs a person out, here and now; other browsers stay as they are. */
  @Post('sign-out')
  @UseGuards(PersonGuard)
  @Answers(204, null, 'The session is over')
  async signOut(
    @Person() { memberId, loginSessionId }: Visitor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.logIn.signOut(memberId, loginSessionId);
    farewell(reply);
  }

  /** Says whether the installation waits for its first owner. */
  @Get('set-up')
  @Answers(200, SetUpState, 'Whether it does')
  async setUpState(): Promise<SetUpState> {
    return { is_needed: await this.setUps.isNeeded() };
  }

  /** Makes whoever holds the link of the first start the owner. */
  @Post('set-up')
  @Answers(200, SignedIn, 'Signed in as the owner')
  async setUp(
    @Body({ schema: SetUp }) body: SetUp,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedIn> {
    return welcome(await this.setUps.claim(body, whenceOf(request)), reply);
  }

  /** Lets the person of an invitation in, with a new login or the one they have. */
  @Post('accept-invitation')
  @Answers(200, SignedIn, 'Signed in as a member')
  async acceptInvitation(
    @Body({ schema: AcceptInvitation }) body: AcceptInvitation,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedIn> {
    return welcome(await this.invitations.accept(body, whenceOf(request)), reply);
  }
}
