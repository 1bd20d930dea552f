import { Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import {
  ContactMerge,
  type ContactMergeId,
  ContactMergeList,
  ContactMergePage,
  type IdentityId,
} from '#libs/model';
import { ContactMerges, Contacts, type PageOf } from '#libs/store';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';

/** What ties addresses to contacts, and contacts to each other. */
@ApiTags('Contacts')
@ApiBearerAuth()
@Problems()
@Controller('v1')
@Scopes('contacts:write')
export class ContactLinksController {
  constructor(
    private readonly contacts: Contacts,
    private readonly merges: ContactMerges,
  ) {}

  /** Takes an address away from its contact: who writes from it next is somebody new. */
  @Delete('identities/:id')
  @IdempotencyHeader()
  @Answers(204, null, 'It is nobody’s')
  removeIdentity(@Caller() caller: Principal, @Id('identity') identityId: IdentityId): Promise<void> {
    return this.contacts.removeIdentity(caller.workspaceId, identityId, actorOf(caller));
  }

  /** Lists merges by time, those that were undone included. */
  @Get('contact-merges')
  @Scopes('contacts:read')
  @Answers(200, ContactMergeList, 'A page of merges')
  list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: ContactMergePage }) { contact_id: contactId, ...page }: ContactMergePage,
  ): Promise<PageOf<ContactMerge>> {
    return this.merges.list(workspaceId, page, contactId);
  }

  /** Reads one merge. */
  @Get('contact-merges/:id')
  @Scopes('contacts:read')
  @Answers(200, ContactMerge, 'The merge')
  get(
    @Caller() { workspaceId }: Principal,
    @Id('contactMerge') mergeId: ContactMergeId,
  ): Promise<ContactMerge> {
    return this.merges.get(workspaceId, mergeId);
  }

  /** Parts two contacts again: what moved goes back, with what was said since at an address that goes back. */
  @Post('contact-merges/:id/undo')
  @IdempotencyHeader()
  @Answers(200, ContactMerge, 'The merge, undone')
  undo(@Caller() caller: Principal, @Id('contactMerge') mergeId: ContactMergeId): Promise<ContactMerge> {
    return this.merges.undo(caller.workspaceId, mergeId, actorOf(caller));
  }
}
