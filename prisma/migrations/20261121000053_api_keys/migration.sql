-- API keys that are rotated without a gap, and that hold from some addresses only.

alter table api_key
  -- The secret before; good until previous_until.
  add column previous_hash text,
  add column previous_until timestamptz(3),
  -- The write that rotated last: repeated, it rotates nothing.
  add column rotated_by uuid,
  -- Networks (CIDR) from which the key holds; empty: from everywhere.
  add column allowed_ips text[] not null default '{}';
