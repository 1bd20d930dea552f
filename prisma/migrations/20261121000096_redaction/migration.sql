-- One message is redacted: what it said is gone wherever it was kept, and its place in the conversation stays.

alter table message add column redacted_at timestamptz(3);
alter table message add column redacted_by text;

-- What a provider tells of it later, such as an edit, brings no words back.
create function message_stays_redacted() returns trigger language plpgsql as $$
begin
  new.content := old.content;
  new.metadata := old.metadata;
  new.error := old.error;
  return new;
end $$;
create trigger message_stays_redacted before update on message for each row when (old.redacted_at is not null)
  execute function message_stays_redacted();

/*
 * Takes what a message said away: `done`; `already` when it was before; `open` while it is to be sent, or nobody knows
 * whether it was; null when there is no such message. p_mark is what stands in its place.
 *
 * Everything that was made of it by a program goes too: traces of the turns that read it, what the bot remembers of the
 * conversation, stored bodies of webhooks. What a person wrote about it (notes, other messages) stays.
 */
create function message_redact(p_workspace uuid, p_message uuid, p_by text, p_mark jsonb) returns text
language plpgsql as $$
declare
  v_m message;
  v_channel uuid;
  v_thread text;
  v_refs text[];
  v_text text;
  v_from int;
begin
  select * into v_m from message m where m.workspace_id = p_workspace and m.id = p_message;
  if not found then return null; end if;
  select c.channel_id, c.thread into v_channel, v_thread from conversation c
    where c.workspace_id = p_workspace and c.id = v_m.conversation_id;

  -- The order of locks of the pipeline.
  perform 1 from mailbox b where b.workspace_id = p_workspace and b.channel_id = v_channel and b.key = 't:' || v_thread for update;
  perform 1 from conversation c where c.workspace_id = p_workspace and c.id = v_m.conversation_id for update;
  select * into v_m from message m where m.workspace_id = p_workspace and m.id = p_message for update;
  if v_m.redacted_at is not null then return 'already'; end if;
  if exists (select from delivery d where d.workspace_id = p_workspace and d.message_id = p_message
      and d.status in ('queued', 'sending', 'unknown')) then return 'open'; end if;

  -- A turn that is under way has read it: it loses its mailbox, commits nothing, and is run again.
  update mailbox b set epoch = b.epoch + 1, leased_by = null, due_at = clock_timestamp()
    where b.workspace_id = p_workspace and b.channel_id = v_channel and b.key = 't:' || v_thread and b.leased_by is not null;

  select lower(coalesce(string_agg(s #>> '{}', ' '), '')) into v_text
    from jsonb_path_query(v_m.content, 'strict $.**') s where jsonb_typeof(s) = 'string';
  select array_agg(r) into v_refs from (
    select v_m.provider_id as r union
    select d.provider_ref from delivery d where d.workspace_id = p_workspace and d.message_id = p_message) x
    -- What is shorter stands in other requests by chance.
    where length(r) >= 5;

  update message m set content = p_mark, metadata = '{}', error = null,
      deleted_at = coalesce(m.deleted_at, clock_timestamp()), redacted_at = clock_timestamp(), redacted_by = p_by
    where m.workspace_id = p_workspace and m.id = p_message;
  update message_feedback f set comment = null where f.workspace_id = p_workspace and f.message_id = p_message;

  -- What failed could be tried again; now there is nothing to try.
  delete from delivery d where d.workspace_id = p_workspace and d.message_id = p_message and d.status in ('failed', 'expired');
  update delivery d set body = '{}', error = null, log = coalesce((
      select jsonb_agg(l - 'text' - 'provider' order by n) from jsonb_array_elements(d.log) with ordinality as x(l, n)), '[]')
    where d.workspace_id = p_workspace and d.message_id = p_message;

  -- As it came in: it, its edits, and requests that name it. What waits for its turn keeps its place.
  update inbox_event e set raw = '',
      event = case when e.status <> 'pending' then null
        when e.event ? 'content' then jsonb_set(e.event, '{content}', p_mark) else e.event - 'label' || '{"label": ""}' end,
      status = case when e.status = 'dead' then 'done' else e.status end
    where e.workspace_id = p_workspace and (e.id = p_message or e.message_id = p_message) and e.kind <> 'signal';
  update inbox_event e set raw = ''
    where e.workspace_id = p_workspace and e.channel_id = v_channel and e.raw <> ''
      and exists (select from unnest(v_refs) r where position(convert_to(r, 'UTF8') in e.raw) > 0);

  -- Of the turns that read it or made it, and of those later ones that had it in their history.
  update turn t set trace = '[]' where t.workspace_id = p_workspace and t.conversation_id = v_m.conversation_id
    and (t.through_seq >= v_m.seq or t.id = v_m.turn_id);
  update conversation c set bot_state = '{}' where c.workspace_id = p_workspace and c.id = v_m.conversation_id;
  delete from contact_fact f where f.workspace_id = p_workspace and f.conversation_id = v_m.conversation_id
    and f.noted_at >= v_m.recorded_at;
  update approval a set input = '{}' where a.workspace_id = p_workspace and a.conversation_id = v_m.conversation_id
    and a.status <> 'waiting' and a.created_at >= v_m.recorded_at;

  -- In the log: fields of goals and comments that stand in it, and reasons that a model wrote since.
  select coalesce(min(e.seq), 0) into v_from from event e
    where e.workspace_id = p_workspace and e.conversation_id = v_m.conversation_id
      and e.type = 'message.created' and e.data->>'message' = p_message::text;
  update event e set data = case e.type when 'handoff.requested' then e.data || '{"reason": ""}'
      when 'csat.commented' then e.data || '{"comment": ""}' else e.data - 'data' end
    where e.workspace_id = p_workspace and e.conversation_id = v_m.conversation_id and e.seq >= v_from
      and (e.type = 'handoff.requested' or e.type in ('goal.reached', 'csat.commented') and exists (
        select from jsonb_path_query(e.data, 'strict $.**') s
        where jsonb_typeof(s) = 'string' and length(s #>> '{}') >= 3 and position(lower(s #>> '{}') in v_text) > 0));

  delete from knowledge_gap g where g.workspace_id = p_workspace
    and (g.last_message = p_message or position(lower(g.example) in v_text) > 0);
  delete from bot_proposal p where p.workspace_id = p_workspace and p.state <> 'approved'
    and (p.last_message = p_message or position(lower(p.text) in v_text) > 0);

  -- The plan that sent it; and what others were told of the conversation, which is written anew when it is told again.
  update send s set content = p_mark, metadata = '{}' where s.workspace_id = p_workspace and s.due_at is null
    and exists (select from jsonb_array_elements(s.steps) x where x->>'message' = p_message::text);
  update webhook_delivery d set body = null, log = coalesce((
      select jsonb_agg(l - 'answer' order by n) from jsonb_array_elements(d.log) with ordinality as x(l, n)), '[]')
    where d.workspace_id = p_workspace and d.conversation_id = v_m.conversation_id and d.body is not null;

  perform event_add(p_workspace, v_m.conversation_id, 'message.deleted',
    jsonb_build_object('message', p_message, 'redacted', true, 'actor', p_by));
  return 'done';
end $$;
