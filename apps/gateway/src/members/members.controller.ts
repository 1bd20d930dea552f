import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, hashPassword, type Principal, requireMayGive, Scopes, scopesOf } from '#libs/access';
import { CreateMember, Member, type MemberId, MemberList, Page, UpdateMember } from '#libs/model';
import { idOfOperation, Members, type OperationId, type PageOf, type StoredMember } from '#libs/store';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation } from '../http/operation.js';

/** Who works in the workspace. Nobody gives more than they have, and only an owner makes or touches an owner. */
@ApiTags('Members')
@ApiBearerAuth()
@Problems()
@Controller('v1/members')
@Scopes('members:write')
export class MembersController {
  constructor(private readonly members: Members) {}

  /** Lists members. */
  @Get()
  @Scopes('members:read')
  @Answers(200, MemberList, 'A page of members')
  async list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: Page }) page: Page,
  ): Promise<PageOf<Member>> {
    const found = await this.members.list(workspaceId, page);
    return { ...found, data: found.data.map(shown) };
  }

  /** Makes a member with a first password; who has a login on this installation is invited instead. */
  @Post()
  @IdempotencyHeader()
  @Answers(201, Member, 'The member')
  async create(
    @Caller() caller: Principal,
    @Body({ schema: CreateMember }) { password, ...body }: CreateMember,
    @Operation() operationId: OperationId | undefined,
  ): Promise<Member> {
    requireMayGive(caller, body);
    const passwordHash = await hashPassword(password);
    const memberId = operationId && idOfOperation('member', operationId);
    const input = { ...body, memberId, passwordHash, actor: actorOf(caller) };
    return shown(await this.members.create(caller.workspaceId, input));
  }

  /** Reads one member. */
  @Get(':id')
  @Scopes('members:read')
  @Answers(200, Member, 'The member')
  async get(@Caller() { workspaceId }: Principal, @Id('member') memberId: MemberId): Promise<Member> {
    return shown(await this.members.get(workspaceId, memberId));
  }

  /** Gives a member another role; their sessions end. */
  @Patch(':id')
  @IdempotencyHeader()
  @Answers(200, Member, 'The member as they are now')
  async update(
    @Caller() caller: Principal,
    @Id('member') memberId: MemberId,
    @Body({ schema: UpdateMember }) body: UpdateMember,
  ): Promise<Member> {
    requireMayGive(caller, await this.members.get(caller.workspaceId, memberId));
    requireMayGive(caller, body);
    return shown(await this.members.update(caller.workspaceId, memberId, body, actorOf(caller)));
  }

  /** Takes a member out of the workspace; their sessions end. */
  @Delete(':id')
  @IdempotencyHeader()
  @Answers(204, null, 'They are no member any more')
  async remove(@Caller() caller: Principal, @Id('member') memberId: MemberId): Promise<void> {
    requireMayGive(caller, await this.members.get(caller.workspaceId, memberId));
    await this.members.remove(caller.workspaceId, memberId, actorOf(caller));
  }

  /** Signs a member out everywhere. */
  @Post(':id/sign-out')
  @IdempotencyHeader()
  @Answers(204, null, 'Every session of theirs is over')
  async signOut(@Caller() caller: Principal, @Id('member') memberId: MemberId): Promise<void> {
    requireMayGive(caller, await this.members.get(caller.workspaceId, memberId));
    await this.members.signOut(caller.workspaceId, memberId, actorOf(caller));
  }
}

function shown({ memberId, email, name, role, permissions, createdAt }: StoredMember): Member {
  return {
    id: memberId,
    email,
    name,
    role,
    permissions: scopesOf(role, permissions),
    created_at: createdAt.toISOString(),
  };
}
