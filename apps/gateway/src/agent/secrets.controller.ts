import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import { fault } from '#libs/faults';
import { SecretList, SecretName, SetSecret } from '#libs/model';
import { Secrets } from '#libs/store';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';

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
  @Answers(200, SecretList, 'All of them, by name')
  async list(@Caller() { workspaceId }: Principal): Promise<SecretList> {
    const found = await this.secrets.list(workspaceId);
    const data = found.map(({ name, createdAt, updatedAt }) => ({
      name,
      created_at: createdAt.toISOString(),
      updated_at: updatedAt.toISOString(),
    }));
    return { data };
  }

  /** Seals a value under a name; bots use the new one within five seconds. */
  @Put(':name')
  @Answers(204, null, 'It is sealed')
  async set(
    @Caller() caller: Principal,
    @Param('name') name: string,
    @Body({ schema: SetSecret }) { value }: SetSecret,
  ): Promise<void> {
    if (!SecretName.safeParse(name).success) {
      const detail = 'A name has lower-case letters, digits and underscores, and begins with a letter.';
      throw fault('input/invalid', { detail });
    }
    await this.secrets.set(caller.workspaceId, name, { value, actor: actorOf(caller) });
  }

  /** Takes a value away: what needs it does not work any more. */
  @Delete(':name')
  @Answers(204, null, 'It is gone')
  async delete(@Caller() caller: Principal, @Param('name') name: string): Promise<void> {
    await this.secrets.delete(caller.workspaceId, name, actorOf(caller));
  }
}
