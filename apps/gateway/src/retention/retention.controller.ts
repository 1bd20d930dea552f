import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import type { GatewayConfig } from '#libs/config';
import { Retention, SetRetention } from '#libs/model';
import { RetentionRules } from '#libs/store';
import { Config } from '../config-token.js';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';

/** How long what is stored is kept. */
@ApiTags('Retention')
@ApiBearerAuth()
@Problems()
@Controller('v1/retention')
@Scopes('retention:write')
export class RetentionController {
  constructor(
    private readonly rules: RetentionRules,
    @Config() private readonly config: GatewayConfig,
  ) {}

  /** Says how long things are kept. */
  @Get()
  @Scopes('retention:read')
  @Answers(200, Retention, 'The rules of the workspace, and what holds without them')
  get(@Caller() { workspaceId }: Principal): Promise<Retention> {
    return this.rules.get(workspaceId, this.config.retention);
  }

  /** Sets how long things of a kind are kept, on all channels or on one; what is older is forgotten within minutes, for good. */
  @Patch()
  @IdempotencyHeader()
  @Answers(200, Retention, 'All rules as they are now')
  set(@Caller() caller: Principal, @Body({ schema: SetRetention }) body: SetRetention): Promise<Retention> {
    return this.rules.set(caller.workspaceId, body, actorOf(caller), this.config.retention);
  }
}
