import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import { Page, type Secret, SecretList, SetSecret } from '#libs/model';
import { type PageOf, Secrets } from '#libs/store';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';

@ApiTags('Bots')
@ApiBearerAuth()
@Problems()
@Controller('v1/secrets')
@Scopes('bots:write')
export class SecretsController {
  constructor(private readonly secrets: Secrets) {}

  /** Lists the names of sealed values; the values are never shown. */
  @Get()
  @Scopes('bots:read')
  @Answers(200, SecretList, 'A page of them, by name')
  async list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: Page }) page: Page,
  ): Promise<PageOf<Secret>> {
    const found = await this.secrets.list(workspaceId, page);
    const data = found.data.map(({ name, createdAt, updatedAt }) => ({
      name,
      created_at: createdAt.toISOString(),
      updated_at: updatedAt.toISOString(),
    }));
    return { ...found, data };
  }

  /** Seals a value under a name; bots use the new one within five seconds. */
  @Post()
  @IdempotencyHeader()
  @Answers(204, null, 'It is sealed')
  async set(
    @Caller() caller: Principal,
    @Body({ schema: SetSecret }) { name, value }: SetSecret,
  ): Promise<void> {
    await this.secrets.set(caller.workspaceId, name, { value, actor: actorOf(caller) });
  }

  /** Takes a value away: what needs it does not work any more. */
  @Delete(':name')
  @Answers(204, null, 'It is gone')
  async delete(@Caller() caller: Principal, @Param('name') name: string): Promise<void> {
    await this.secrets.delete(caller.workspaceId, name, actorOf(caller));
  }
}
