import { Body, Controller, Get, Patch, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import {
  AddIdentity,
  Consent,
  ConsentList,
  Contact,
  ContactErasure,
  type ContactId,
  ContactList,
  ContactMerge,
  ContactPage,
  CreateContact,
  EraseContact,
  Identity,
  MergeContact,
  SetConsent,
  UpdateContact,
} from '#libs/model';
import { ContactMerges, Contacts, type OperationId, type PageOf } from '#libs/store';
import { actorOf } from '../http/actor.js';
import { Answers, AnswersJson, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation } from '../http/operation.js';
import { PersonService } from './person-service.js';

@ApiTags('Contacts')
@ApiBearerAuth()
@Problems()
@Controller('v1/contacts')
@Scopes('contacts:write')
export class ContactsController {
  constructor(
    private readonly contacts: Contacts,
    private readonly merges: ContactMerges,
    private readonly person: PersonService,
  ) {}

  /** Makes a contact, before they have written. */
  @Post()
  @IdempotencyHeader()
  @Answers(201, Contact, 'The contact')
  create(
    @Caller() caller: Principal,
    @Body({ schema: CreateContact }) body: CreateContact,
    @Operation() operationId: OperationId | undefined,
  ): Promise<Contact> {
    return this.contacts.create(caller.workspaceId, body, actorOf(caller), operationId);
  }

  /** Lists contacts by creation, or finds them by a name or an address. */
  @Get()
  @Scopes('contacts:read')
  @Answers(200, ContactList, 'A page of contacts')
  list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: ContactPage }) { q, address, ...page }: ContactPage,
  ): Promise<PageOf<Contact>> {
    return this.contacts.list(workspaceId, page, { q, address });
  }

  /** Reads one contact. */
  @Get(':id')
  @Scopes('contacts:read')
  @Answers(200, Contact, 'The contact')
  get(@Caller() { workspaceId }: Principal, @Id('contact') contactId: ContactId): Promise<Contact> {
    return this.contacts.get(workspaceId, contactId);
  }

  /** Changes a name, and sets or takes away attributes. */
  @Patch(':id')
  @IdempotencyHeader()
  @Answers(200, Contact, 'The contact as it is now')
  update(
    @Caller() caller: Principal,
    @Id('contact') contactId: ContactId,
    @Body({ schema: UpdateContact }) body: UpdateContact,
  ): Promise<Contact> {
    return this.contacts.update(caller.workspaceId, contactId, body, actorOf(caller));
  }

  /** Gives a contact an address: who writes from it is this contact from now on. */
  @Post(':id/identities')
  @IdempotencyHeader()
  @Answers(201, Identity, 'The address')
  addIdentity(
    @Caller() caller: Principal,
    @Id('contact') contactId: ContactId,
    @Body({ schema: AddIdentity }) body: AddIdentity,
  ): Promise<Identity> {
    return this.contacts.addIdentity(caller.workspaceId, contactId, body, actorOf(caller));
  }

  /** Makes one of two contacts that are the same person; `POST /v1/contact-merges/{id}/undo` parts them for 30 days. */
  @Post(':id/merge')
  @IdempotencyHeader()
  @Answers(201, ContactMerge, 'The merge')
  merge(
    @Caller() caller: Principal,
    @Id('contact') contactId: ContactId,
    @Body({ schema: MergeContact }) { contact_id: mergedId }: MergeContact,
    @Operation() operationId: OperationId | undefined,
  ): Promise<ContactMerge> {
    return this.merges.merge(caller.workspaceId, contactId, mergedId, actorOf(caller), operationId);
  }

  /** Says what a contact agreed to, by channel and address; what is not there was never spoken of. */
  @Get(':id/consents')
  @Scopes('contacts:read')
  @Answers(200, ConsentList, 'All of them')
  async consents(
    @Caller() { workspaceId }: Principal,
    @Id('contact') contactId: ContactId,
  ): Promise<ConsentList> {
    return { data: await this.contacts.consents(workspaceId, contactId) };
  }

  /** Sets whether messages may go to an address of a contact on a channel. */
  @Patch(':id/consents')
  @IdempotencyHeader()
  @Answers(200, Consent, 'As it is now')
  setConsent(
    @Caller() caller: Principal,
    @Id('contact') contactId: ContactId,
    @Body({ schema: SetConsent }) body: SetConsent,
  ): Promise<Consent> {
    return this.contacts.setConsent(caller.workspaceId, contactId, body, actorOf(caller));
  }

  /** Gives out everything that is stored of a person, as one JSON document. */
  @Get(':id/export')
  @Scopes('contacts:read', 'messages:read')
  @AnswersJson('The contact, consents, sessions, and conversations with their messages')
  async export(@Caller() caller: Principal, @Id('contact') contactId: ContactId): Promise<StreamableFile> {
    return this.person.export(caller.workspaceId, contactId, actorOf(caller));
  }

  /** Takes away everything of a person, for good; with `dry_run` it only counts. */
  @Post(':id/erase')
  @IdempotencyHeader()
  @Answers(200, ContactErasure, 'What was erased')
  erase(
    @Caller() caller: Principal,
    @Id('contact') contactId: ContactId,
    @Body({ schema: EraseContact }) { dry_run: isDryRun }: EraseContact,
  ): Promise<ContactErasure> {
    return this.person.erase(caller.workspaceId, contactId, { isDryRun, actor: actorOf(caller) });
  }
}
