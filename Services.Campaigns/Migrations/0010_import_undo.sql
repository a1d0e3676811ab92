-- An import can be undone: who was made by it, and what those were that it has changed.
alter table contacts add import_id uuid; -- that has made the contact
create table contact_import_changes (
    import_id    uuid not null references contact_imports (id) on delete cascade,
    contact_id   uuid not null references contacts (id) on delete cascade,
    changed_at   timestamptz not null, -- contacts.updated_at, unless somebody has changed it since
    first_name   text,
    last_name    text,
    language     text,
    tags         text[] not null,
    attributes   jsonb not null,
    opted_out_at timestamptz,
    consent_at   timestamptz,
    updated_at   timestamptz not null,
    primary key (contact_id, import_id)
);
create index on contact_import_changes (import_id, contact_id);

alter table contact_imports
    add rows_total     bigint,
    add undo_wanted_at timestamptz,
    add undone_by      text,
    add undone_at      timestamptz,
    add removed        bigint not null default 0, -- by the undoing, as are the other two
    add restored       bigint not null default 0,
    add kept           bigint not null default 0,
    add undone_up_to   uuid;

-- All piles move together now: what was under way begins anew.
delete from contact_import_rejects r using contact_imports i where i.id = r.import_id and i.state = 'running';
update contact_imports set
    merged_up_to = 0, rows_read = 0, inserted = 0, updated = 0, unchanged = 0, duplicates = 0, rejected = 0
where state = 'running';

-- Most names are ASCII, which needs no more than lower(). Not strict: else it could not be inlined.
create or replace function fold(value text) returns text language sql immutable parallel safe as $$
    select case when octet_length(value) = length(value) then lower(value)
        else lower(regexp_replace(normalize(value, NFKD), '[\u0300-\u036F]+', '', 'g')) end
$$;
