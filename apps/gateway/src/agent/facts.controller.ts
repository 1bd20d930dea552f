import { Controller, Delete, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import { fault } from '#libs/faults';
import { type ContactId, type FactId, FactList } from '#libs/model';
import { ContactFacts } from '#libs/store';
import { actorOf } from '../http/actor.js';
import { Answers, Problems } from '../http/answers.js';
import { Audited } from '../http/audited.js';
import { Id } from '../http/id-param.js';

/** As many as are ever kept of one contact. */
const ALL = 200;

@ApiTags('Contacts')
@ApiBearerAuth()
@Problems()
@Controller('v1/contacts/:id/facts')
@Scopes('messages:write')
export class FactsController {
  constructor(private readonly facts: ContactFacts) {}

  /** Lists what bots know of a contact across conversations, the newest first. */
  @Get()
  @Audited('contact_facts.read')
  @Scopes('conversations:read')
  @Answers(200, FactList, 'Everything that has not expired')
  async list(@Caller() { workspaceId }: Principal, @Id('contact') contactId: ContactId): Promise<FactList> {
    if (!(await this.facts.hasContact(workspaceId, contactId))) throw fault('state/not-found');
    const found = await this.facts.of(workspaceId, contactId, ALL);
    const data = found.map(({ factId, text, source, notedAt, expiresAt }) => ({
      id: factId,
      text,
      source,
      noted_at: notedAt,
      expires_at: expiresAt,
    }));
    return { data };
  }

  /** Forgets one fact: no bot knows it from its next turn on. */
  @Delete(':fact')
  @Answers(204, null, 'It is forgotten')
  async forget(
    @Caller() caller: Principal,
    @Id('contact') contactId: ContactId,
    @Id('fact', 'fact') factId: FactId,
  ): Promise<void> {
    await this.facts.forget(caller.workspaceId, contactId, factId, actorOf(caller));
  }

  /** Forgets everything that is known of a contact. */
  @Delete()
  @Answers(204, null, 'Nothing is known any more')
  async forgetAll(@Caller() caller: Principal, @Id('contact') contactId: ContactId): Promise<void> {
    if (!(await this.facts.hasContact(caller.workspaceId, contactId))) throw fault('state/not-found');
    await this.facts.forgetAll(caller.workspaceId, contactId, actorOf(caller));
  }
}
