-- A gateway may take some of an allowance ahead of the requests that will use it (a lease), so that not every request asks
-- the database. It is exact: whatever is used before its time is over, at whatever moment, the keys stay within the rate, as if
-- each had been taken when it was used. For this the instant of rest of a key is at least the end of the lease, and what was
-- leased comes on top of it: a token that comes back meanwhile cannot be counted twice.

-- Takes p_cost from every key or, when one of them has too little, from none. A negative cost gives back.
-- p_refill_us: microseconds in which one comes back. p_burst: how many there are after a rest.
-- p_extra: how many more, at most, are wanted for p_hold_us microseconds. They are given only out of the upper half of every key,
-- a sixteenth of what is left of that half: below it each request counts for itself, and what several processes hold and do
-- not use stays a small share.
-- Returns the state of each key; `extra` and `hold_ms`, the same for all, say what was leased and for how long.
create function allowance_lease(p_keys text[], p_refill_us bigint[], p_burst int[], p_cost int, p_extra int, p_hold_us int)
  returns table (key text, is_allowed boolean, remaining int, reset_ms bigint, retry_ms bigint, extra int, hold_ms int)
  language plpgsql security definer set search_path = public, pg_temp
  as $$
#variable_conflict use_column
declare
  v_now timestamptz;
  v_held timestamptz;
begin
  insert into allowance as a (key, rests_at)
    select k, clock_timestamp() from unnest(p_keys) k order by k on conflict do nothing;
  perform from allowance a where a.key = any (p_keys) order by a.key for update;
  v_now := clock_timestamp();
  v_held := v_now + p_hold_us * interval '1 microsecond';
  return query
    with asked as (
      select u.key, u.refill * interval '1 microsecond' as refill, u.refill as refill_us, u.burst,
             greatest(a.rests_at, v_now) as rests_at
        from unnest(p_keys, p_refill_us, p_burst) u(key, refill, burst)
        join allowance a on a.key = u.key),
    after as (
      select *, greatest(rests_at + p_cost * refill, v_now) as next_at,
             rests_at + p_cost * refill - burst * refill <= v_now or p_cost < 0 as fits
        from asked),
    verdict as (
      select bool_and(fits) as all_fit,
             case when bool_and(fits) and p_cost > 0 and p_extra > 0 then greatest(0, least(p_extra, min(floor(
               (burst * refill_us::float8 / 2 - extract(epoch from greatest(next_at, v_held) - v_now)::float8 * 1e6)
               / refill_us / 16))))::int else 0 end as extra,
             -- A key that is not at rest before then loses nothing by a longer lease.
             least(min(greatest(next_at, v_held)), v_now + interval '10 seconds') as held_until
        from after),
    final as (
      select n.key, n.fits, n.burst, n.refill, n.next_at, v.extra, v.held_until,
             case when not v.all_fit then n.rests_at
                  when v.extra > 0 then greatest(n.next_at, v_held) + v.extra * n.refill
                  else n.next_at end as final_at
        from after n, verdict v),
    written as (
      update allowance a set rests_at = f.final_at from final f, verdict v
       where a.key = f.key and v.all_fit returning a.key)
    select f.key, f.fits,
           greatest(0, floor(extract(epoch from f.burst * f.refill - (f.final_at - v_now)) / extract(epoch from f.refill)))::int,
           ceil(extract(epoch from f.final_at - v_now) * 1000)::bigint,
           greatest(0, ceil(extract(epoch from f.next_at - f.burst * f.refill - v_now) * 1000))::bigint,
           f.extra,
           case when f.extra > 0 then floor(extract(epoch from f.held_until - v_now) * 1000) else 0 end::int
      from final f;
  if random() < 0.001 then
    -- Who holds a row needs it: waiting for it here could wait for somebody who waits for us.
    delete from allowance a where a.key in (
      select o.key from allowance o where o.rests_at < v_now - interval '1 hour' limit 10000 for update skip locked);
  end if;
end $$;

-- As before: nothing ahead.
create or replace function allowance_take(p_keys text[], p_refill_us bigint[], p_burst int[], p_cost int)
  returns table (key text, is_allowed boolean, remaining int, reset_ms bigint, retry_ms bigint)
  language sql security definer set search_path = public, pg_temp
  as $$
  select l.key, l.is_allowed, l.remaining, l.reset_ms, l.retry_ms
    from allowance_lease(p_keys, p_refill_us, p_burst, p_cost, 0, 0) l
$$;

grant create on schema public to parley_dispatch;
alter function allowance_lease(text[], bigint[], int[], int, int, int) owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
revoke execute on function allowance_lease(text[], bigint[], int[], int, int, int) from public;
grant execute on function allowance_lease(text[], bigint[], int[], int, int, int) to parley_app;
