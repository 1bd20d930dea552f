-- A turn may answer the oldest of several waiting messages alone, so that one that cannot be handled takes no neighbour
-- with it; and a mailbox that waits for its channel, its database or its worker has not failed.
--
--   conversations {…, thr: last message that the turn answered, null: all of them}
--   turns         {…, thr: the same}
--   mailboxes     {…, calm: due again after `retry` without having failed}
--
-- The function is changed where it stands, under whichever of its two names: a later migration put another around it.

do $$
declare
  v_function regprocedure := coalesce(to_regprocedure('mailbox_write(text, text, json)'),
    to_regprocedure('mailbox_commit(text, text, json)'));
  v_text text := pg_get_functiondef(v_function);
  v_change text[];
begin
  foreach v_change slice 1 in array array[
    ['then c.last_message_seq + b.n else c.answered_seq end', 'then coalesce(b.thr, c.last_message_seq + b.n) else c.answered_seq end'],
    ['ev int, ans boolean, st jsonb', 'ev int, ans boolean, thr int, st jsonb'],
    ['b.f, v_last_message[b.i + 1] + b.nin, b.outcome', 'b.f, coalesce(b.thr, v_last_message[b.i + 1] + b.nin), b.outcome'],
    ['ver int, f int, nin int', 'ver int, f int, thr int, nin int'],
    ['failures = case when b.retry is null then 0 else m.failures + 1 end',
     'failures = case when b.keep is not null or b.calm then m.failures when b.retry is null then 0 else m.failures + 1 end'],
    ['keep int, retry int, wait int', 'keep int, retry int, calm boolean, wait int'],
    -- The column keeps milliseconds: what is due now is, rounded, as often as not due in half of one, and nobody was told.
    ['filter (where due_at <= clock_timestamp())', $filter$filter (where due_at <= clock_timestamp() + interval '1 ms')$filter$]
  ] loop
    if position(v_change[1] in v_text) = 0 then
      raise exception 'the commit of a mailbox is not the one that this migration changes: % is missing', v_change[1];
    end if;
    v_text := replace(v_text, v_change[1], v_change[2]);
  end loop;
  execute v_text;
end $$;
