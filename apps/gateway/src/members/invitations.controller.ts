import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, InvitationService, type Principal, requireMayGive, Scopes, scopesOf } from '#libs/access';
import {
  CreateInvitation,
  type Invitation,
  type InvitationId,
  InvitationList,
  InvitationWithLink,
  Page,
} from '#libs/model';
import { Invitations, type OperationId, type PageOf, type StoredInvitation } from '#libs/store';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation, Repeatable } from '../http/operation.js';

/** Who was asked to join the workspace. */
@ApiTags('Members')
@ApiBearerAuth()
@Problems()
@Controller('v1/invitations')
@Scopes('members:write')
export class InvitationsController {
  constructor(
    private readonly service: InvitationService,
    private readonly invitations: Invitations,
  ) {}

  /** Asks somebody to join, by a link that holds for a week. */
  @Post()
  @IdempotencyHeader()
  @Repeatable()
  @Answers(201, InvitationWithLink, 'The invitation and its link')
  async create(
    @Caller() caller: Principal,
    @Body({ schema: CreateInvitation }) body: CreateInvitation,
    @Operation() operationId: OperationId | undefined,
  ): Promise<InvitationWithLink> {
    requireMayGive(caller, body);
    const input = { ...body, actor: actorOf(caller) };
    const { invitation, link } = await this.service.create(caller.workspaceId, input, operationId);
    return { ...shown(invitation), link };
  }

  /** Lists invitations that nobody has taken yet. */
  @Get()
  @Scopes('members:read')
  @Answers(200, InvitationList, 'A page of invitations')
  async list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: Page }) page: Page,
  ): Promise<PageOf<Invitation>> {
    const found = await this.invitations.list(workspaceId, page);
    return { ...found, data: found.data.map(shown) };
  }

  /** Takes an invitation back. */
  @Delete(':id')
  @IdempotencyHeader()
  @Answers(204, null, 'Its link opens nothing any more')
  remove(@Caller() caller: Principal, @Id('invitation') invitationId: InvitationId): Promise<void> {
    return this.invitations.remove(caller.workspaceId, invitationId, actorOf(caller));
  }
}

function shown(invitation: StoredInvitation): Invitation {
  const { invitationId, email, role, permissions, invitedBy, createdAt, expiresAt } = invitation;
  return {
    id: invitationId,
    email,
    role,
    permissions: scopesOf(role, permissions),
    invited_by: invitedBy,
    created_at: createdAt.toISOString(),
    expires_at: expiresAt.toISOString(),
  };
}
