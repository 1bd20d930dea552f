-- What was delivered is recorded together: one commit for all that ended while the one before was under way, instead of one
-- for each, one after the other, behind the lock of its endpoint.
--   p [{w, id, e: epoch, body, entry}]
-- Returns the ids whose lease was still held; nothing was written of the others.
create function webhook_delivered(p_workspaces text, p_worker text, p json) returns setof uuid
language plpgsql as $$
declare
  v_endpoints uuid[];
begin
  perform set_config('parley.workspaces', p_workspaces, true);
  -- Everybody who needs both takes the endpoint first, then its deliveries; many of either by their ids.
  select array_agg(distinct d.endpoint_id) into v_endpoints
    from json_to_recordset(p) as b(w uuid, id uuid)
    join webhook_delivery d on d.workspace_id = b.w and d.id = b.id;
  perform 1 from webhook_endpoint w where w.id = any (v_endpoints) order by w.id for no key update;
  perform 1 from webhook_delivery d
    where d.id in (select b.id from json_to_recordset(p) as b(id uuid)) order by d.id for update;
  update webhook_endpoint w set failing_since = null, paused_until = null
  where w.id = any (v_endpoints) and (w.failing_since is not null or w.paused_until is not null)
    and exists (
      select from json_to_recordset(p) as b(w uuid, id uuid, e int)
      join webhook_delivery d on d.workspace_id = b.w and d.id = b.id and d.epoch = b.e and d.leased_by = p_worker
      where d.endpoint_id = w.id);
  return query
    update webhook_delivery d set
      status = 'delivered', body = coalesce(d.body, b.body), leased_by = null, attempts = d.attempts + 1,
      -- The newest twenty: a delivery that is replayed again and again does not grow.
      log = case when jsonb_array_length(d.log) < 20 then d.log else d.log - 0 end || jsonb_build_array(b.entry),
      due_at = null, done_at = clock_timestamp()
    from json_to_recordset(p) as b(w uuid, id uuid, e int, body text, entry jsonb)
    where d.workspace_id = b.w and d.id = b.id and d.epoch = b.e and d.leased_by = p_worker
    returning d.id;
end $$;

-- As before, and the channel of the conversation.
create or replace function webhook_open(p_worker text, p_limit int, p_each int, p_lease_ms int) returns setof json
language plpgsql as $$
declare
  v_claims webhook_claim[];
begin
  select array_agg(t) into v_claims from webhook_take(p_worker, p_limit, p_each, p_lease_ms) t;
  if v_claims is null then return; end if;
  perform set_config('parley.workspaces',
    (select string_agg(distinct t.workspace_id::text, ',') from unnest(v_claims) t), true);
  return query
    select json_build_object(
      'workspaceId', d.workspace_id, 'id', d.id, 'epoch', t.epoch, 'endpointId', d.endpoint_id,
      'conversationId', d.conversation_id, 'channelId', c.channel_id, 'seq', d.event_seq, 'type', d.type, 'data', d.data,
      'occurredAt', d.occurred_at, 'body', d.body, 'attempts', d.attempts,
      'url', w.url, 'include', w.include, 'secret', w.secret,
      'previousSecret', case when w.previous_until > clock_timestamp() then w.previous_secret end)
    from unnest(v_claims) t
    join webhook_delivery d on d.workspace_id = t.workspace_id and d.id = t.id
    join webhook_endpoint w on w.workspace_id = d.workspace_id and w.id = d.endpoint_id
    left join conversation c on c.workspace_id = d.workspace_id and c.id = d.conversation_id;
end $$;

-- What was told in a commit that was under way while its endpoint was disabled still waits there: it ends when it is due, as
-- if it had come a moment earlier. Returns how many.
create function webhook_end_left() returns int
language sql security definer set search_path = public, pg_temp as $$
  with ended as (
    update webhook_delivery d
    set status = 'failed', due_at = null, leased_by = null, epoch = d.epoch + 1, done_at = clock_timestamp()
    from webhook_endpoint w
    where w.state = 'disabled' and d.endpoint_id = w.id and d.due_at <= clock_timestamp()
    returning 1)
  select count(*)::int from ended
$$;
grant update (status, done_at) on webhook_delivery to parley_dispatch;
grant create on schema public to parley_dispatch;
alter function webhook_end_left() owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
revoke execute on function webhook_end_left() from public;
grant execute on function webhook_end_left() to parley_app;
