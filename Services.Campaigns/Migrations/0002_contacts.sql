-- Names without case and accents, for the search. Marks go first, so that lower() also works where the database's
-- locale knows ASCII only.
create function fold(value text) returns text language sql immutable strict parallel safe as $$
    select lower(regexp_replace(normalize(value, NFKD), '[\u0300-\u036F]+', '', 'g'))
$$;

alter table contacts add names text not null
    generated always as (fold(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))) stored;

-- A campaign that is over keeps its template for the record, although nobody can choose it any more.
alter table templates add deleted_at timestamptz;

-- Erasure finds a person's test messages, which name no contact.
create index on messages (phone) where kind = 0;
