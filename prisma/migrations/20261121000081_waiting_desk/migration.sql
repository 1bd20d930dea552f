-- A desk that does not react has not taken a conversation: the bot has it again, as it has one that nobody took from the queue.

create or replace function queue_lapse(p_workspace uuid, p_conversation uuid, p_version int) returns boolean
language plpgsql as $$
declare
  v_owner text;
  v_version int;
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  select c.owner, c.control_version into v_owner, v_version from conversation c
    where c.workspace_id = p_workspace and c.id = p_conversation for update;
  if v_owner = 'bot' and v_version = p_version + 1 then return true; end if;
  if v_owner is null or v_owner not in ('queue', 'desk') or v_version <> p_version then return false; end if;
  -- Whoever has written since it was asked has taken it; in the queue the taking itself changes the owner.
  if v_owner = 'desk' and exists (
    select from event e
      join message m on m.workspace_id = p_workspace and m.id = (e.data->>'message')::uuid
      where e.workspace_id = p_workspace and e.conversation_id = p_conversation and e.type = 'message.created'
        and m.direction = 'out' and m.author <> 'bot'
        and e.seq > (select max(r.seq) from event r
          where r.workspace_id = p_workspace and r.conversation_id = p_conversation and r.type = 'handoff.requested')
  ) then return false; end if;
  update offer o set status = 'withdrawn', decided_at = clock_timestamp()
    where o.workspace_id = p_workspace and o.conversation_id = p_conversation and o.status in ('waiting', 'offered');
  update conversation c set owner = 'bot', control_version = c.control_version + 1
    where c.workspace_id = p_workspace and c.id = p_conversation;
  perform event_add(p_workspace, p_conversation, 'handoff.unanswered', jsonb_build_object('reason', 'Nobody took it in time'));
  perform event_add(p_workspace, p_conversation, 'control.changed',
    jsonb_build_object('from', v_owner, 'to', 'bot', 'by', 'system', 'reason', 'Nobody took it in time'));
  return true;
end $$;
