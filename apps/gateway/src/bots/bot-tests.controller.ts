import { Body, Controller, Get, Headers, HttpCode, Post, Put, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import {
  type BotId,
  BotTestRun,
  BotTests,
  PutBotTests,
  RunBotTests,
  SimulateTurn,
  Simulation,
} from '#libs/model';
import { BotTestSets } from '#libs/store';
import type { FastifyReply } from 'fastify';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { etagOf, IfMatchHeader, versionOf } from '../http/if-match.js';
import { RehearsalService } from './rehearsal-service.js';

@ApiTags('Bots')
@ApiBearerAuth()
@Problems()
@Controller('v1/bots/:id')
@Scopes('bots:write')
export class BotTestsController {
  constructor(
    private readonly tests: BotTestSets,
    private readonly rehearsal: RehearsalService,
  ) {}

  /** Reads the test set, which is the same for all versions. */
  @Get('tests')
  @Scopes('bots:read')
  @Answers(200, BotTests, 'The test set')
  async get(
    @Caller() { workspaceId }: Principal,
    @Id('bot') botId: BotId,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BotTests> {
    return tagged(await this.tests.get(workspaceId, botId), reply);
  }

  /** Writes the test set; with `if-match` only when nobody else has. */
  @Put('tests')
  @IfMatchHeader()
  @Answers(200, BotTests, 'The test set as it is now')
  async put(
    @Caller() caller: Principal,
    @Id('bot') botId: BotId,
    @Body({ schema: PutBotTests }) { conversations }: PutBotTests,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BotTests> {
    const input = { conversations, revision: versionOf(ifMatch), actor: actorOf(caller) };
    return tagged(await this.tests.put(caller.workspaceId, botId, input), reply);
  }

  /** Runs the test set with a version, and shows what another one answers differently. Nothing is stored or sent. */
  @Post('tests/run')
  @HttpCode(200)
  @Answers(200, BotTestRun, 'What came of it')
  run(
    @Caller() { workspaceId }: Principal,
    @Id('bot') botId: BotId,
    @Body({ schema: RunBotTests }) body: RunBotTests,
  ): Promise<BotTestRun> {
    return this.rehearsal.run(workspaceId, botId, body);
  }

  /** Runs one turn of a conversation that the caller carries, with its trace. Nothing is stored or sent. */
  @Post('simulate')
  @HttpCode(200)
  @Answers(200, Simulation, 'What the bot would do')
  simulate(
    @Caller() { workspaceId }: Principal,
    @Id('bot') botId: BotId,
    @Body({ schema: SimulateTurn }) body: SimulateTurn,
  ): Promise<Simulation> {
    return this.rehearsal.simulate(workspaceId, botId, body);
  }
}

function tagged(tests: BotTests, reply: FastifyReply): BotTests {
  void reply.header('etag', etagOf(tests.revision));
  return tests;
}
