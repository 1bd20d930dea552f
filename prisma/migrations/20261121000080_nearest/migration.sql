-- Of passages that are equally near the one with the smaller id comes first, so that a search finds the same ones again,
-- and the same ones as where the vectors are compared without the extension.

create or replace function knowledge_nearest(p_workspace uuid, p_bases uuid[], p_model text, p_vector real[], p_limit int)
returns table (id uuid, similarity float8) language plpgsql as $$
begin
  perform set_config('parley.workspaces', p_workspace::text, true);
  return query execute
    'select p.id, 1 - (p.embedding::vector <=> $4::vector)::float8 from knowledge_passage p
     where p.workspace_id = $1 and p.base_id = any ($2) and p.embedding_model = $3
       and cardinality(p.embedding) = cardinality($4)
     order by p.embedding::vector <=> $4::vector, p.id limit $5'
    using p_workspace, p_bases, p_model, p_vector, p_limit;
end $$;
