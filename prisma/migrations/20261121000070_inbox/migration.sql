-- The inbox: what operators know and do about conversations, and the search over what was said.

-- Whose it is, and when it comes back. A trigger keeps assignee_id in line with member: a removed member owns nothing.
alter table conversation add column assignee_id uuid;
alter table conversation add column snoozed_until timestamptz(3);
alter table conversation drop constraint conversation_state;
alter table conversation add constraint conversation_state check (state in ('open', 'snoozed', 'closed'));
alter table conversation add constraint conversation_snooze check ((state = 'snoozed') = (snoozed_until is not null));
-- Neither may name what a message changes: updates that touch no indexed column stay on their page.
create index conversation_at_work on conversation (workspace_id, channel_id) where state <> 'closed';
create index conversation_snoozed on conversation (snoozed_until) where state = 'snoozed';
create index conversation_of_assignee on conversation (workspace_id, assignee_id) where assignee_id is not null;

create table label (
  workspace_id uuid not null,
  id uuid not null,
  name text not null,
  -- One of a short list of names; how it looks is the console's affair.
  colour text not null default 'gray',
  created_at timestamptz(3) not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade
);
create unique index label_name on label (workspace_id, name);

create table conversation_label (
  workspace_id uuid not null,
  conversation_id uuid not null,
  label_id uuid not null,
  primary key (workspace_id, conversation_id, label_id),
  foreign key (workspace_id, conversation_id) references conversation (workspace_id, id) on update cascade on delete cascade,
  foreign key (workspace_id, label_id) references label (workspace_id, id) on update cascade on delete cascade
);
create index conversation_label_of on conversation_label (workspace_id, label_id);

-- What operators tell each other. A table of its own, and not in the event log: nothing that speaks to the outside reads it.
create table note (
  workspace_id uuid not null,
  id uuid not null,
  conversation_id uuid not null,
  -- Who wrote it, as the audit log names them, and what they were called then.
  author text not null,
  author_name text,
  text text not null,
  created_at timestamptz(3) not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, conversation_id) references conversation (workspace_id, id) on update cascade on delete cascade
);
create index note_of_conversation on note (workspace_id, conversation_id, id);
create index note_age on note (workspace_id, created_at);

create table canned_reply (
  workspace_id uuid not null,
  id uuid not null,
  -- What is typed after a slash.
  shortcut text not null,
  title text not null,
  -- A Liquid template.
  text text not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade
);
create unique index canned_reply_shortcut on canned_reply (workspace_id, shortcut);

-- How far each operator has read.
create table conversation_read (
  workspace_id uuid not null,
  conversation_id uuid not null,
  reader text not null,
  seq int not null,
  read_at timestamptz(3) not null default now(),
  primary key (workspace_id, conversation_id, reader),
  foreign key (workspace_id, conversation_id) references conversation (workspace_id, id) on update cascade on delete cascade
);

-- Who is there, and what they look at. Of one tab each, for as long as it says so.
create table presence (
  workspace_id uuid not null,
  tab text not null,
  operator text not null,
  name text,
  conversation_id uuid,
  is_replying boolean not null default false,
  seen_at timestamptz(3) not null default now(),
  primary key (workspace_id, tab),
  foreign key (workspace_id, conversation_id) references conversation (workspace_id, id) on update cascade on delete cascade
);
create index presence_of_conversation on presence (workspace_id, conversation_id);
alter table presence set (fillfactor = 50);

-- The words of each message. Filled by triggers; not a column of message, which every reader of messages would carry along.
create table message_words (
  workspace_id uuid not null,
  message_id uuid not null,
  words tsvector not null,
  primary key (workspace_id, message_id),
  foreign key (workspace_id, message_id) references message (workspace_id, id) on update cascade on delete cascade
);
create index message_words_found on message_words using gin (workspace_id, words) where words is not null;

do $$
declare
  name text;
begin
  foreach name in array array['label', 'conversation_label', 'note', 'canned_reply', 'conversation_read', 'presence', 'message_words'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy workspace_isolation on %I to parley_app
         using (workspace_id = any ((select parley_workspaces())::uuid[]))
         with check (workspace_id = any ((select parley_workspaces())::uuid[]))', name);
    execute format('grant select, insert, update, delete on %I to parley_app', name);
  end loop;
end $$;

-- What can be searched of a message: what a person reads of it. No configuration of a language: people mix them.
create function message_words_of(p_content jsonb) returns tsvector
language sql immutable parallel safe as $$
  select jsonb_to_tsvector('simple',
    jsonb_path_query_array(p_content, '$[*].text') || jsonb_path_query_array(p_content, '$[*].caption')
      || jsonb_path_query_array(p_content, '$[*].title') || jsonb_path_query_array(p_content, '$[*].file_name')
      || jsonb_path_query_array(p_content, '$[*].options[*].label') || jsonb_path_query_array(p_content, '$[*].label')
      || jsonb_path_query_array(p_content, '$[*].cards[*].title') || jsonb_path_query_array(p_content, '$[*].cards[*].text')
      || jsonb_path_query_array(p_content, '$[*] ? (@.type == "form_taken").fields.*'),
    '["string"]')
$$;

create function message_words_come() returns trigger language plpgsql as $$
begin
  insert into message_words (workspace_id, message_id, words)
    select m.workspace_id, m.id, w.words from come m, message_words_of(m.content) as w(words) where w.words <> ''::tsvector;
  return null;
end $$;
create trigger message_words_come after insert on message referencing new table as come
  for each statement execute function message_words_come();

create function message_words_change() returns trigger language plpgsql as $$
begin
  delete from message_words w where w.workspace_id = new.workspace_id and w.message_id = new.id;
  if new.deleted_at is null then
    insert into message_words (workspace_id, message_id, words)
      select new.workspace_id, new.id, w.words from message_words_of(new.content) as w(words) where w.words <> ''::tsvector;
  end if;
  return null;
end $$;
create trigger message_words_change after update of content, deleted_at on message for each row
  when (old.content is distinct from new.content or old.deleted_at is distinct from new.deleted_at)
  execute function message_words_change();

insert into message_words (workspace_id, message_id, words)
  select m.workspace_id, m.id, w.words from message m, message_words_of(m.content) as w(words)
  where m.deleted_at is null and w.words <> ''::tsvector;

-- Who writes in a conversation that rests opens it. The first trigger only marks the transaction: it sees the conversation
-- and not what is said, and costs conversations that are open nothing. The second sees the message.
create function conversation_stirs() returns trigger language plpgsql as $$
begin
  perform set_config('parley.resting', 'yes', true);
  return new;
end $$;
create trigger conversation_stirs before update on conversation for each row
  when (old.state <> 'open' and new.last_message_seq > old.last_message_seq) execute function conversation_stirs();

create function conversation_wakes() returns trigger language plpgsql as $$
declare
  v_from text;
  v_seq int;
begin
  select c.state into v_from from conversation c
    where c.workspace_id = new.workspace_id and c.id = new.conversation_id for update;
  if v_from = 'open' then return null; end if;
  update conversation c set state = 'open', snoozed_until = null, last_event_seq = c.last_event_seq + 1
    where c.workspace_id = new.workspace_id and c.id = new.conversation_id
    returning c.last_event_seq into v_seq;
  insert into event (workspace_id, conversation_id, seq, type, data)
    values (new.workspace_id, new.conversation_id, v_seq, 'conversation.updated',
      jsonb_build_object('state', jsonb_build_object('from', v_from, 'to', 'open'), 'by', 'contact'));
  return null;
end $$;
create trigger conversation_wakes after insert on message for each row
  when (new.direction = 'in' and current_setting('parley.resting', true) = 'yes') execute function conversation_wakes();

create function member_leaves() returns trigger language plpgsql as $$
begin
  update conversation c set assignee_id = null where c.workspace_id = old.workspace_id and c.assignee_id = old.id;
  return null;
end $$;
create trigger member_leaves after delete on member for each row execute function member_leaves();

-- The dispatcher sees which conversation's time has come. Of messages it sees words that were taken out of their sentences,
-- because no index over them serves behind a policy: the function answers with ids of the caller's workspace, and what they
-- name is read behind the policy.
grant select (workspace_id, id, state, snoozed_until) on conversation to parley_dispatch;
create policy dispatch on conversation for select to parley_dispatch using (true);
grant select on message_words to parley_dispatch;
create policy dispatch on message_words for select to parley_dispatch using (true);

-- Snoozed conversations whose time has come, whatever their workspace.
create function snooze_due(p_limit int) returns table (workspace_id uuid, conversation_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.workspace_id, c.id from conversation c
  where c.state = 'snoozed' and c.snoozed_until <= clock_timestamp()
  order by c.snoozed_until limit p_limit
$$;

-- Messages of the caller's workspace that have all the words, or words that begin so; the newest first.
create function message_matches(p_text text, p_limit int) returns table (id uuid)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  v_workspaces uuid[] := parley_workspaces();
  v_query tsquery;
begin
  select string_agg(quote_literal(l) || ':*', ' & ')::tsquery into v_query
    from unnest(tsvector_to_array(to_tsvector('simple', p_text))) as l;
  if v_query is null then return; end if;
  return query
    select w.message_id from message_words w
    where w.workspace_id = any (v_workspaces) and w.words @@ v_query
    order by w.message_id desc limit p_limit;
end $$;

grant create on schema public to parley_dispatch;
alter function snooze_due(int) owner to parley_dispatch;
alter function message_matches(text, int) owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
revoke execute on function snooze_due(int), message_matches(text, int) from public;
grant execute on function snooze_due(int), message_matches(text, int) to parley_app;

-- Whose conversations these are, among the workspaces that somebody watches. The bell rings for all workspaces together.
create function conversation_workspaces(p_workspaces text, p_ids uuid[]) returns table (workspace_id uuid, id uuid)
language plpgsql as $$
begin
  perform set_config('parley.workspaces', p_workspaces, true);
  return query select c.workspace_id, c.id from conversation c
    where c.workspace_id = any (string_to_array(p_workspaces, ',')::uuid[]) and c.id = any (p_ids);
end $$;
