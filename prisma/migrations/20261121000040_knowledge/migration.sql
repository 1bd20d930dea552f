-- What bots know: sources, the passages that they were cut into, and the search over them.

-- Both are trusted extensions: an account that may create objects in its database may install them.
create extension if not exists pg_trgm;
create extension if not exists btree_gin;

-- Tables -----------------------------------------------------------------------------------------------------------

create table knowledge_base (
  workspace_id uuid not null,
  id uuid not null,
  name text not null,
  -- Groups of words that mean the same.
  synonyms jsonb not null default '[]',
  -- Rises whenever a passage comes, changes or goes.
  revision int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id) references workspace (id) on update cascade on delete cascade
);

create table knowledge_source (
  workspace_id uuid not null,
  id uuid not null unique,
  base_id uuid not null,
  kind text not null,
  title text not null,
  -- What is read, for a page; else where a person can read it.
  url text,
  -- What was written, for a text.
  text text,
  -- Of a file's bytes, in hexadecimal, by which they are kept.
  file_sha256 text,
  file_type text,
  file_name text,
  -- ISO 639-1 as somebody said; null: as its text says.
  language text,
  refresh_every_s int,
  etag text,
  modified text,
  -- Of what was read last, so that the same content is not cut again.
  content_hash text,
  state text not null default 'waiting',
  -- Why it is as it is: a fault's code and words.
  code text,
  reason text,
  since timestamptz(3) not null default now(),
  passages int not null default 0,
  characters int not null default 0,
  epoch int not null default 0,
  leased_by text,
  -- When someone must look: the next reading, or the end of the lease; null when all is done.
  due_at timestamptz(3),
  attempts int not null default 0,
  read_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, base_id) references knowledge_base (workspace_id, id) on update cascade on delete cascade
);
alter table knowledge_source add constraint knowledge_source_kind check (kind in ('file', 'page', 'text', 'rows'));
alter table knowledge_source add constraint knowledge_source_state check (state in ('waiting', 'ready', 'failed'));
create index knowledge_source_due on knowledge_source (due_at) where due_at is not null;
create index knowledge_source_of_base on knowledge_source (workspace_id, base_id, id);

create table knowledge_passage (
  workspace_id uuid not null,
  -- Made of its content: the same content has the same id.
  id uuid not null,
  base_id uuid not null,
  source_id uuid not null,
  -- The row that it belongs to, for sources of rows.
  row_key text,
  ord int not null,
  title text not null,
  -- The headings above it, or the phrasings of its question, one a line: short, and worth more than the body.
  label text not null,
  heading text not null,
  body text not null,
  is_answer boolean not null,
  url text,
  language text,
  words tsvector not null,
  embedding real[] not null default '{}',
  embedding_model text,
  primary key (workspace_id, id),
  foreign key (workspace_id, base_id) references knowledge_base (workspace_id, id) on update cascade on delete cascade,
  foreign key (workspace_id, source_id) references knowledge_source (workspace_id, id) on update cascade on delete cascade
);
create index knowledge_passage_words on knowledge_passage using gin (base_id, words) where words is not null;
create index knowledge_passage_of_source on knowledge_passage (workspace_id, source_id, ord);

-- In how many passages of a base each word stands: how telling it is, and what a misspelt one was meant to be.
create table knowledge_word (
  workspace_id uuid not null,
  base_id uuid not null,
  word text not null,
  passages int not null,
  primary key (workspace_id, base_id, word),
  foreign key (workspace_id, base_id) references knowledge_base (workspace_id, id) on update cascade on delete cascade
);
create index knowledge_word_near on knowledge_word using gin (base_id, word gin_trgm_ops) where word is not null;

-- What was asked and not answered, counted by its words.
create table knowledge_gap (
  workspace_id uuid not null,
  id uuid not null,
  bot_id uuid not null,
  -- Folded, without punctuation.
  words text not null,
  -- As one person wrote it, without private pieces.
  example text not null,
  language text,
  times int not null default 1,
  -- The message that was counted last: a turn that is run again counts once.
  last_message uuid not null,
  state text not null default 'open',
  first_at timestamptz(3) not null default now(),
  last_at timestamptz(3) not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, bot_id) references bot (workspace_id, id) on update cascade on delete cascade
);
alter table knowledge_gap add constraint knowledge_gap_state check (state in ('open', 'closed'));
create unique index knowledge_gap_words on knowledge_gap (workspace_id, bot_id, words);
create index knowledge_gap_often on knowledge_gap (workspace_id, times desc, id);

do $$
declare
  name text;
begin
  foreach name in array array['knowledge_base', 'knowledge_source', 'knowledge_passage', 'knowledge_word', 'knowledge_gap'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy workspace_isolation on %I to parley_app
         using (workspace_id = any ((select parley_workspaces())::uuid[]))
         with check (workspace_id = any ((select parley_workspaces())::uuid[]))', name);
    execute format('grant select, insert, update, delete on %I to parley_app', name);
  end loop;
end $$;

-- Writing ----------------------------------------------------------------------------------------------------------

-- The configuration of full text for a language (ISO 639-1); `simple` for those that PostgreSQL has no stemmer for.
create function knowledge_config(p_language text) returns regconfig language sql immutable parallel safe as $$
  select (case p_language
    when 'ar' then 'arabic' when 'ca' then 'catalan' when 'da' then 'danish' when 'de' then 'german' when 'el' then 'greek'
    when 'en' then 'english' when 'es' then 'spanish' when 'et' then 'estonian' when 'eu' then 'basque' when 'fi' then 'finnish'
    when 'fr' then 'french' when 'ga' then 'irish' when 'hi' then 'hindi' when 'hu' then 'hungarian' when 'hy' then 'armenian'
    when 'id' then 'indonesian' when 'it' then 'italian' when 'lt' then 'lithuanian' when 'ne' then 'nepali' when 'nl' then 'dutch'
    when 'nb' then 'norwegian' when 'no' then 'norwegian' when 'pt' then 'portuguese' when 'ro' then 'romanian'
    when 'ru' then 'russian' when 'sr' then 'serbian' when 'sv' then 'swedish' when 'ta' then 'tamil' when 'tr' then 'turkish'
    else 'simple' end)::regconfig
$$;

-- Keeps knowledge_word in step, whoever writes passages. Words in their order, so that two writers never wait for each other.
create function knowledge_count_words() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into knowledge_word as k (workspace_id, base_id, word, passages)
      select c.workspace_id, c.base_id, w, count(*)
      from changed c, unnest(tsvector_to_array(c.words)) w
      group by 1, 2, 3 order by 1, 2, 3
    on conflict (workspace_id, base_id, word) do update set passages = k.passages + excluded.passages;
  else
    perform 1 from knowledge_word k
      where (k.workspace_id, k.base_id, k.word) in (
        select c.workspace_id, c.base_id, w from changed c, unnest(tsvector_to_array(c.words)) w)
      order by k.workspace_id, k.base_id, k.word for update;
    update knowledge_word k set passages = k.passages - g.n
      from (select c.workspace_id, c.base_id, w, count(*) as n from changed c, unnest(tsvector_to_array(c.words)) w group by 1, 2, 3) g
      where k.workspace_id = g.workspace_id and k.base_id = g.base_id and k.word = g.w;
    delete from knowledge_word k using changed c
      where k.workspace_id = c.workspace_id and k.base_id = c.base_id and k.passages <= 0
        and k.word = any (tsvector_to_array(c.words));
  end if;
  return null;
end $$;
create trigger knowledge_words_come after insert on knowledge_passage referencing new table as changed
  for each statement execute function knowledge_count_words();
create trigger knowledge_words_go after delete on knowledge_passage referencing old table as changed
  for each statement execute function knowledge_count_words();

-- Makes the passages of a source what p says; with p_keys only those of these rows. Passages that are there stay.
-- p: [{id, key, title, label, heading, body, answer: boolean, url, language, plainLabel, plainBody: folded words}]
-- The caller holds the row of the source.
create function knowledge_write(p_workspace uuid, p_source uuid, p_keys text[], p json) returns int language plpgsql as $$
declare
  v_base uuid;
  v_gone int;
  v_come int;
begin
  select s.base_id into strict v_base from knowledge_source s where s.workspace_id = p_workspace and s.id = p_source;
  delete from knowledge_passage x
    where x.workspace_id = p_workspace and x.source_id = p_source and (p_keys is null or x.row_key = any (p_keys))
      and x.id not in (select n.id from json_to_recordset(p) as n(id uuid));
  get diagnostics v_gone = row_count;
  update knowledge_passage x set ord = n.ord
    from (
      select (e->>'id')::uuid as id, o::int as ord from json_array_elements(p) with ordinality as t(e, o)
    ) n
    where x.workspace_id = p_workspace and x.id = n.id and x.ord <> n.ord;
  insert into knowledge_passage (workspace_id, id, base_id, source_id, row_key, ord, title, label, heading, body, is_answer, url,
      language, words)
    select p_workspace, (e->>'id')::uuid, v_base, p_source, e->>'key', o, e->>'title', e->>'label', e->>'heading', e->>'body',
      (e->>'answer')::boolean, e->>'url', e->>'language',
      setweight(to_tsvector(knowledge_config(e->>'language'), e->>'label'), 'A')
        || setweight(to_tsvector('simple', e->>'plainLabel'), 'A')
        || setweight(to_tsvector(knowledge_config(e->>'language'), e->>'body'), 'B')
        || setweight(to_tsvector('simple', e->>'plainBody'), 'B')
    from json_array_elements(p) with ordinality as t(e, o)
    where not exists (
      select from knowledge_passage x where x.workspace_id = p_workspace and x.id = (t.e->>'id')::uuid);
  get diagnostics v_come = row_count;
  update knowledge_source s set
    passages = (select count(*) from knowledge_passage x where x.workspace_id = p_workspace and x.source_id = p_source),
    characters = (select coalesce(sum(length(x.body)), 0) from knowledge_passage x
      where x.workspace_id = p_workspace and x.source_id = p_source)
  where s.workspace_id = p_workspace and s.id = p_source;
  if v_gone + v_come > 0 then
    update knowledge_base b set revision = b.revision + 1 where b.workspace_id = p_workspace and b.id = v_base;
  end if;
  return v_gone + v_come;
end $$;

-- Reading ----------------------------------------------------------------------------------------------------------

grant select (workspace_id, id, epoch, leased_by, due_at) on knowledge_source to parley_dispatch;
grant update (epoch, leased_by, due_at) on knowledge_source to parley_dispatch;
create policy dispatch on knowledge_source to parley_dispatch using (true) with check (true);

create type knowledge_claim as (workspace_id uuid, id uuid, epoch int);

-- Claims sources that are to be read.
create function knowledge_take(p_worker text, p_limit int, p_lease_ms int) returns setof knowledge_claim
language sql security definer set search_path = public, pg_temp as $$
  with due as (
    select s.workspace_id, s.id from knowledge_source s
    where s.due_at <= clock_timestamp()
    order by s.due_at
    limit p_limit
    for update skip locked
  )
  update knowledge_source s
  set epoch = s.epoch + 1, leased_by = p_worker, due_at = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
  from due
  where s.workspace_id = due.workspace_id and s.id = due.id
  returning s.workspace_id, s.id, s.epoch
$$;

-- Makes sources due of which a passage has no embedding of this model: embeddings were switched on, or have another model.
create function knowledge_requeue(p_model text) returns bigint
language sql security definer set search_path = public, pg_temp as $$
  with due as (
    update knowledge_source s set due_at = clock_timestamp()
    where s.leased_by is null and (s.due_at is null or s.due_at > clock_timestamp()) and exists (
      select from knowledge_passage p
      where p.workspace_id = s.workspace_id and p.source_id = s.id and p.embedding_model is distinct from p_model)
    returning 1
  )
  select count(*) from due
$$;

-- Claims sources and loads what reading them needs.
create function knowledge_open(p_worker text, p_limit int, p_lease_ms int) returns setof json language plpgsql as $$
declare
  v_claims knowledge_claim[];
begin
  select array_agg(t) into v_claims from knowledge_take(p_worker, p_limit, p_lease_ms) t;
  if v_claims is null then return; end if;
  perform set_config('parley.workspaces',
    (select string_agg(distinct t.workspace_id::text, ',') from unnest(v_claims) t), true);
  return query
    select json_build_object(
      'workspaceId', s.workspace_id, 'id', s.id, 'epoch', t.epoch, 'kind', s.kind, 'title', s.title, 'url', s.url, 'text', s.text,
      'fileSha256', s.file_sha256, 'fileType', s.file_type, 'fileName', s.file_name, 'language', s.language, 'etag', s.etag,
      'modified', s.modified, 'contentHash', s.content_hash, 'refreshEveryS', s.refresh_every_s, 'attempts', s.attempts,
      'state', s.state)
    from unnest(v_claims) t
    join knowledge_source s on s.workspace_id = t.workspace_id and s.id = t.id;
end $$;

-- Keeps the leases of readings that take long. p: {w, id, e}. Returns the ids that are still ours.
create function knowledge_renew(p_workspaces text, p_worker text, p_lease_ms int, p json) returns setof uuid language plpgsql as $$
begin
  perform set_config('parley.workspaces', p_workspaces, true);
  return query
    update knowledge_source s set due_at = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
    from json_to_recordset(p) as b(w uuid, id uuid, e int)
    where s.workspace_id = b.w and s.id = b.id and s.epoch = b.e and s.leased_by = p_worker
    returning s.id;
end $$;

-- Records what became of a reading. p: {state, code, reason, wait: ms or null, hash, etag, modified, title, passages: null when
-- they stay}. Without `done` the lease stays. False: the lease was lost, and nothing was written.
create function knowledge_record(p_workspace uuid, p_worker text, p_id uuid, p_epoch int, p json) returns boolean
language plpgsql as $$
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  perform 1 from knowledge_source s
    where s.workspace_id = p_workspace and s.id = p_id and s.epoch = p_epoch and s.leased_by = p_worker
    for update;
  if not found then return false; end if;
  if json_typeof(p->'passages') = 'array' then
    perform knowledge_write(p_workspace, p_id, null, p->'passages');
  end if;
  update knowledge_source s set
    since = case when s.state is distinct from p->>'state' or s.code is distinct from p->>'code' then clock_timestamp() else s.since end,
    state = p->>'state', code = p->>'code', reason = p->>'reason',
    title = coalesce(p->>'title', s.title),
    content_hash = coalesce(p->>'hash', s.content_hash),
    etag = case when p->>'hash' is null then s.etag else p->>'etag' end,
    modified = case when p->>'hash' is null then s.modified else p->>'modified' end,
    read_at = case when p->>'state' = 'ready' then clock_timestamp() else s.read_at end,
    attempts = case when p->>'state' = 'ready' then 0 else s.attempts + 1 end,
    leased_by = case when (p->>'done')::boolean then null else s.leased_by end,
    due_at = case when not (p->>'done')::boolean then s.due_at
      when p->>'wait' is null then null
      else clock_timestamp() + make_interval(secs => (p->>'wait')::float8 / 1000.0) end
  where s.workspace_id = p_workspace and s.id = p_id;
  return true;
end $$;

-- Searching --------------------------------------------------------------------------------------------------------

-- Neither `@@` nor `%` may use an index behind a policy, because they could tell what they look at. These two functions look
-- past it, name the workspaces of the transaction themselves, and return words and ids that are then read under the policy.
grant select (workspace_id, id, base_id, source_id, words, embedding_model) on knowledge_passage to parley_dispatch;
grant select (workspace_id, base_id, word, passages) on knowledge_word to parley_dispatch;
create policy dispatch on knowledge_passage for select to parley_dispatch using (true);
create policy dispatch on knowledge_word for select to parley_dispatch using (true);

-- Words of these bases that look like the given ones.
create function knowledge_near(p_bases uuid[], p_words text[]) returns table (asked text, word text, passages int)
language plpgsql stable security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  v_workspaces uuid[] := parley_workspaces();
begin
  return query
    select a, n.word, n.passages from unnest(p_words) a cross join lateral (
      select k.word, sum(k.passages)::int as passages from knowledge_word k
      where k.workspace_id = any (v_workspaces) and k.base_id = any (p_bases) and k.word % a
        and (abs(length(k.word) - length(a)) <= 3 or left(k.word, 5) = left(a, 5))
      group by k.word
      order by similarity(k.word, a) desc, k.word
      limit 30
    ) n;
end $$;

-- The passages that hold the most weight of these words. p_words: [{g: which asked word, l: lexeme, w: weight, f: whether it
-- finds passages; others only weigh those that were found}]
create function knowledge_matches(p_bases uuid[], p_words json, p_limit int) returns table (id uuid, weight float8)
language plpgsql stable security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  v_workspaces uuid[] := parley_workspaces();
  v_query tsquery;
  v_lexemes tsquery[];
  v_asked int[];
  v_weights float8[];
begin
  select string_agg(quote_literal(x.l), '|') filter (where x.f) :: tsquery,
    array_agg(quote_literal(x.l)::tsquery), array_agg(x.g), array_agg(x.w)
  into v_query, v_lexemes, v_asked, v_weights
  from json_to_recordset(p_words) as x(g int, l text, w float8, f boolean);
  if v_query is null then return; end if;
  return query
    select p.id, s.weight from knowledge_passage p
    cross join lateral (
      select sum(b.best) as weight from (
        select max(x.w) as best from unnest(v_lexemes, v_asked, v_weights) as x(q, g, w) where p.words @@ x.q group by x.g
      ) b
    ) s
    where p.workspace_id = any (v_workspaces) and p.base_id = any (p_bases) and p.words @@ v_query
    order by s.weight desc, p.id
    limit p_limit;
end $$;

-- What the words of a query are in these bases. p_words: [{i, o: as written, w: folded}]; p_configs: of the languages of the bases;
-- p_stops: configurations whose stop words say nothing.
-- Returns {words: [{i, stop, lexemes: [{l, n: passages}]}], near: [{asked, word, passages}]}.
create function knowledge_words(p_workspace uuid, p_bases uuid[], p_configs text[], p_stops text[], p_words json) returns json
language plpgsql as $$
declare
  v_words json;
  v_unknown text[];
  v_near json;
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  -- Two letters swapped in a word of five leave it a fifth alike.
  perform set_config('pg_trgm.similarity_threshold', '0.18', true);
  with asked as materialized (
    select a.i, a.w, exists (select from unnest(p_stops) c where to_tsvector(knowledge_config(c), a.o) = ''::tsvector) as stop, a.o
    from json_to_recordset(p_words) as a(i int, o text, w text)
  ), lexemes as (
    select a.i, l from asked a, unnest(p_configs) c, unnest(tsvector_to_array(to_tsvector(knowledge_config(c), a.o))) l
    union
    select a.i, a.w from asked a
  ), counted as (
    select x.i, x.l, coalesce(sum(k.passages), 0)::int as n
    from lexemes x
    left join knowledge_word k on k.workspace_id = p_workspace and k.base_id = any (p_bases) and k.word = x.l
    group by 1, 2
  )
  select json_agg(json_build_object('i', a.i, 'stop', a.stop, 'lexemes', (
      select json_agg(json_build_object('l', c.l, 'n', c.n)) from counted c where c.i = a.i and c.n > 0))),
    array_agg(a.w) filter (where length(a.w) >= 4 and not exists (select from counted c where c.i = a.i and c.n > 0))
  into v_words, v_unknown
  from asked a;
  if v_unknown is not null then
    select json_agg(n) into v_near from knowledge_near(p_bases, v_unknown) n;
  end if;
  return json_build_object('words', coalesce(v_words, '[]'), 'near', coalesce(v_near, '[]'));
end $$;

-- The passages to choose from: those that hold most of the words, and p_also (the nearest in meaning).
-- p_words as in knowledge_matches. Each comes with `hits`: [index of the word in p_words, whether in the label].
create function knowledge_candidates(p_workspace uuid, p_bases uuid[], p_text text, p_words json, p_also uuid[], p_limit int)
returns setof json language plpgsql as $$
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  return query
    with matches as materialized (
      select m.id, m.weight from knowledge_matches(p_bases, p_words, p_limit) m
    ), lexemes as materialized (
      select (o - 1)::int as at, quote_literal(e->>'l')::tsquery as q, (quote_literal(e->>'l') || ':A')::tsquery as label
      from json_array_elements(p_words) with ordinality as t(e, o)
    )
    select json_build_object(
      'id', p.id, 'sourceId', p.source_id, 'title', p.title, 'label', p.label, 'heading', p.heading, 'body', p.body,
      'isAnswer', p.is_answer, 'url', p.url, 'language', p.language, 'weight', coalesce(m.weight, 0),
      'similarity', greatest(similarity(p.label, p_text), word_similarity(p_text, p.label)),
      'hits', (select coalesce(json_agg(json_build_array(l.at, p.words @@ l.label)), '[]') from lexemes l where p.words @@ l.q))
    from (select x.id from matches x union select unnest(p_also)) w
    join knowledge_passage p on p.workspace_id = p_workspace and p.id = w.id and p.base_id = any (p_bases)
    left join matches m on m.id = p.id;
end $$;

-- The nearest passages in meaning, by the extension pgvector. Only where there is a type `vector`.
create function knowledge_nearest(p_workspace uuid, p_bases uuid[], p_model text, p_vector real[], p_limit int)
returns table (id uuid, similarity float8) language plpgsql as $$
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  return query execute
    'select p.id, 1 - (p.embedding::vector <=> $4::vector)::float8 from knowledge_passage p
     where p.workspace_id = $1 and p.base_id = any ($2) and p.embedding_model = $3
       and cardinality(p.embedding) = cardinality($4)
     order by p.embedding::vector <=> $4::vector limit $5'
    using p_workspace, p_bases, p_model, p_vector, p_limit;
end $$;

-- Counts a question that nobody could answer; the same message counts once.
create function knowledge_miss(p_workspace uuid, p_bot uuid, p_id uuid, p_words text, p_example text, p_language text,
  p_message uuid) returns void language plpgsql as $$
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  insert into knowledge_gap as g (workspace_id, id, bot_id, words, example, language, last_message)
    values (p_workspace, p_id, p_bot, p_words, p_example, p_language, p_message)
  on conflict (workspace_id, bot_id, words) do update
    set times = g.times + 1, last_message = excluded.last_message, last_at = clock_timestamp(), state = 'open'
    where g.last_message <> excluded.last_message;
end $$;

grant create on schema public to parley_dispatch;
alter function knowledge_take(text, int, int) owner to parley_dispatch;
alter function knowledge_requeue(text) owner to parley_dispatch;
alter function knowledge_near(uuid[], text[]) owner to parley_dispatch;
alter function knowledge_matches(uuid[], json, int) owner to parley_dispatch;
revoke create on schema public from parley_dispatch;
revoke execute on function knowledge_take(text, int, int), knowledge_requeue(text), knowledge_near(uuid[], text[]),
  knowledge_matches(uuid[], json, int) from public;
grant execute on function knowledge_take(text, int, int), knowledge_requeue(text), knowledge_near(uuid[], text[]),
  knowledge_matches(uuid[], json, int) to parley_app;
