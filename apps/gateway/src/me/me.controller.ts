import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal } from '#libs/access';
import { Me } from '#libs/model';
import { Workspaces } from '#libs/store';
import type { z } from 'zod';
import { Answers, Problems } from '../http/answers.js';

@ApiTags('Me')
@ApiBearerAuth()
@Problems()
@Controller('v1/me')
export class MeController {
  constructor(private readonly workspaces: Workspaces) {}

  /** Says who calls, where, and what they may do there. */
  @Get()
  @Answers(200, Me, 'The caller')
  async me(@Caller() { workspaceId, scopes, ...who }: Principal): Promise<z.infer<typeof Me>> {
    const { name } = await this.workspaces.get(workspaceId);
    return {
      workspace_id: workspaceId,
      workspace_name: name,
      api_key_id: who.apiKeyId ?? null,
      oauth_client_id: who.oauthClientId ?? null,
      member_id: who.memberId ?? null,
      is_test: who.isTest ?? false,
      scopes: [...scopes],
    };
  }
}
