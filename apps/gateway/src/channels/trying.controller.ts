import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import {
  ChannelConnection,
  type ChannelId,
  DryRun,
  DryRunResult,
  InstallResult,
  Simulate,
  SimulateResult,
} from '#libs/model';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { TryingService } from './trying-service.js';

/** Trying a channel out and connecting it. */
@ApiTags('Channels')
@ApiBearerAuth()
@Problems()
@Controller('v1/channels/:id')
@Scopes('channels:write')
export class TryingController {
  constructor(private readonly service: TryingService) {}

  /** Says exactly what would be sent; sends nothing. */
  @Post('dry-run')
  @IdempotencyHeader()
  @Answers(200, DryRunResult, 'What would be sent')
  dryRun(
    @Caller() { workspaceId }: Principal,
    @Id('channel') channelId: ChannelId,
    @Body({ schema: DryRun }) body: DryRun,
  ): Promise<DryRunResult> {
    return this.service.dryRun(workspaceId, channelId, body);
  }

  /** Takes in a message as the provider would post it, signature and all: the bot answers for real. */
  @Post('simulate')
  @IdempotencyHeader()
  @Answers(202, SimulateResult, 'It was taken in')
  simulate(
    @Caller() { workspaceId }: Principal,
    @Id('channel') channelId: ChannelId,
    @Body({ schema: Simulate }) body: Simulate,
  ): Promise<SimulateResult> {
    return this.service.simulate(workspaceId, channelId, body);
  }

  /** Registers at the provider what can be registered by itself, such as the address of the webhook. */
  @Post('install')
  @IdempotencyHeader()
  @Answers(200, InstallResult, 'What was done')
  async install(
    @Caller() { workspaceId }: Principal,
    @Id('channel') channelId: ChannelId,
  ): Promise<InstallResult> {
    return { done: await this.service.install(workspaceId, channelId) };
  }

  /** Shows how the held connection of a channel is, with the code to scan or to type while there is one. */
  @Get('connection')
  @Answers(200, ChannelConnection, 'The connection')
  connection(
    @Caller() { workspaceId }: Principal,
    @Id('channel') channelId: ChannelId,
  ): Promise<ChannelConnection> {
    return this.service.connection(workspaceId, channelId);
  }

  /** Asks something of a held connection, such as `logout`; its state shows what came of it. */
  @Post('connection/:command')
  @IdempotencyHeader()
  @Answers(202, null, 'It was asked')
  command(
    @Caller() { workspaceId }: Principal,
    @Id('channel') channelId: ChannelId,
    @Param('command') command: string,
  ): Promise<void> {
    return this.service.command(workspaceId, channelId, command);
  }
}
