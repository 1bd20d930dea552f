-- A send knows what came along with the message that it answers: an e-mail's subject and references. Long values stay behind.

-- Claims due deliveries and loads what sending them needs.
create or replace function delivery_open(p_worker text, p_limit int, p_lease_ms int, p_connections uuid[]) returns setof json
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set join_collapse_limit = 1 set from_collapse_limit = 1
as $$
declare
  v_claims delivery_claim[];
begin
  select array_agg(t) into v_claims from delivery_take(p_worker, p_limit, p_lease_ms, p_connections) t;
  if v_claims is null then return; end if;
  perform set_config('parley.workspaces',
    (select string_agg(distinct t.workspace_id::text, ',') from unnest(v_claims) t), true);
  return query
    select json_build_object(
      'workspaceId', d.workspace_id, 'id', d.id, 'epoch', t.epoch, 'lapsed', t.lapsed, 'channelId', d.channel_id,
      'conversationId', d.conversation_id, 'messageId', d.message_id, 'body', d.body, 'class', d.class,
      'attempts', d.attempts, 'account', d.account, 'error', d.error, 'expired', d.expires_at <= clock_timestamp(),
      'homeChannelId', c.channel_id, 'thread', c.thread, 'addressKind', c.address_kind, 'addressValue', c.address_value,
      'lastInbound', (
        select json_build_object('at', coalesce(m.sent_at, m.recorded_at), 'ref', m.provider_id, 'told', (
            select json_object_agg(k, v) from jsonb_each_text(m.metadata) as t(k, v) where length(v) <= 2000))
        from message m where m.conversation_id = c.id and m.direction = 'in' order by m.seq desc limit 1),
      'optedOut', exists (
        select from consent k where k.workspace_id = d.workspace_id and k.channel_id = d.channel_id
          and k.address_kind = c.address_kind and k.address_value = c.address_value and k.state = 'opted-out'))
    from unnest(v_claims) t
    join delivery d on d.workspace_id = t.workspace_id and d.id = t.id
    join conversation c on c.workspace_id = d.workspace_id and c.id = d.conversation_id;
end $$;
