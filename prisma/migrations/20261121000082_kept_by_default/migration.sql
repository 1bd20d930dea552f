-- How long things are kept without a rule is what the installation says, of every kind.
-- The functions that knew two kinds stay beside these ones: workers of the release before call them until they are changed.

-- Until when things of a kind have to have happened, by channel, to be forgotten. p_defaults: days of the installation by
-- kind, null: for ever. p_shorter: another kind that takes this one along, where it is kept for a shorter time.
create function retention_cutoffs(p_workspace uuid, p_defaults json, p_kind text, p_shorter text)
  returns table (channel_id uuid, cutoff timestamptz)
  language sql stable as $$
  select r.id, clock_timestamp() - make_interval(days => r.days)
  from (
    select c.id, least(
      coalesce(
        (select x.days from retention x where x.workspace_id = p_workspace and x.kind = p_kind and x.channel_id = c.id),
        (select x.days from retention x where x.workspace_id = p_workspace and x.kind = p_kind and x.channel_id is null),
        (p_defaults ->> p_kind)::int),
      coalesce(
        (select x.days from retention x where x.workspace_id = p_workspace and x.kind = p_shorter and x.channel_id = c.id),
        (select x.days from retention x where x.workspace_id = p_workspace and x.kind = p_shorter and x.channel_id is null),
        (p_defaults ->> p_shorter)::int)
    ) as days
    from channel c where c.workspace_id = p_workspace
  ) r
  where r.days is not null
$$;

-- Forgets the oldest p_limit of each kind in one workspace. p_defaults: days of the installation by kind.
-- Returns how many of each kind went: {messages, traces, inbox, webhooks, leads}.
create function retention_sweep(p_workspace uuid, p_limit int, p_defaults json) returns json
language plpgsql as $$
declare
  v_messages int;
  v_traces int;
  v_inbox int;
  v_webhooks int;
  v_leads int;
  v_kept int := coalesce((p_defaults ->> 'webhooks')::int, 30);
begin
  perform set_config('parley.workspaces', p_workspace::text, true);

  -- Not what waits for an answer, is being sent, or waits for a person to say whether it was sent.
  with gone as (
    select m.id from retention_cutoffs(p_workspace, p_defaults, 'messages', null) r
    join conversation c on c.workspace_id = p_workspace and c.channel_id = r.channel_id
    join message m on m.conversation_id = c.id and m.recorded_at < r.cutoff
    where (m.direction = 'out' or m.seq <= c.answered_seq) and not exists (
      select from delivery d where d.message_id = m.id and d.status in ('queued', 'sending', 'unknown'))
    limit p_limit
    for update of m skip locked
  )
  delete from message m using gone where m.workspace_id = p_workspace and m.id = gone.id;
  get diagnostics v_messages = row_count;

  -- What people told flows went with what they said.
  with old as (
    select e.conversation_id, e.seq from retention_cutoffs(p_workspace, p_defaults, 'messages', null) r
    join conversation c on c.workspace_id = p_workspace and c.channel_id = r.channel_id
    join event e on e.workspace_id = p_workspace and e.conversation_id = c.id
      and e.type = 'goal.reached' and e.occurred_at < r.cutoff and e.data ? 'data'
    limit p_limit
  )
  update event e set data = e.data - 'data' from old
  where e.workspace_id = p_workspace and e.conversation_id = old.conversation_id and e.seq = old.seq;
  get diagnostics v_leads = row_count;

  with gone as (
    select t.id from retention_cutoffs(p_workspace, p_defaults, 'traces', 'messages') r
    join conversation c on c.workspace_id = p_workspace and c.channel_id = r.channel_id
    join turn t on t.conversation_id = c.id and t.ended_at < r.cutoff
    limit p_limit
    for update of t skip locked
  )
  delete from turn t using gone where t.workspace_id = p_workspace and t.id = gone.id;
  get diagnostics v_traces = row_count;

  -- Not what waits to be handled, nor what waits for a person. Until then its key knows a repetition.
  with gone as (
    select e.id from retention_cutoffs(p_workspace, p_defaults, 'inbox', null) r
    join inbox_event e on e.workspace_id = p_workspace and e.channel_id = r.channel_id
      and e.status in ('done', 'ignored') and e.received_at < r.cutoff
    limit p_limit
    for update of e skip locked
  )
  delete from inbox_event e using gone where e.workspace_id = p_workspace and e.id = gone.id;
  get diagnostics v_inbox = row_count;

  with gone as (
    select d.id from webhook_delivery d
    where d.workspace_id = p_workspace and d.due_at is null and d.status <> 'pending'
      and d.created_at < clock_timestamp() - make_interval(days => least(30, coalesce((
        select x.days from retention x
        where x.workspace_id = p_workspace and x.kind = 'webhooks' and x.channel_id is null), v_kept)))
    limit p_limit
    for update of d skip locked
  )
  delete from webhook_delivery d using gone where d.workspace_id = p_workspace and d.id = gone.id;
  get diagnostics v_webhooks = row_count;

  return json_build_object('messages', v_messages, 'leads', v_leads, 'traces', v_traces, 'inbox', v_inbox,
    'webhooks', v_webhooks);
end $$;
