-- A file of contacts: kept as it came until it has been taken in, so that a crash in the middle loses nothing.
create table contact_imports (
    id          uuid primary key,
    state       text not null,          -- uploading, pending, running, completed, failed
    phase       text,                   -- of a running one: reading, writing
    plan        jsonb not null,         -- how the file is to be read
    file_name   text,
    user_name   text,
    bytes       bigint not null default 0,
    bytes_read  bigint not null default 0,
    tries       int not null default 0,
    rows_read   bigint not null default 0,
    inserted    bigint not null default 0,
    updated     bigint not null default 0,
    unchanged   bigint not null default 0,
    duplicates  bigint not null default 0,
    rejected    bigint not null default 0,
    merged_up_to int not null default 0, -- the last row that is in contacts, moved together with them
    error       jsonb,
    created_at  timestamptz not null,
    started_at  timestamptz,
    finished_at timestamptz
);
create index on contact_imports (state) where state in ('uploading', 'pending', 'running');

create table contact_import_chunks (
    import_id uuid not null references contact_imports (id) on delete cascade,
    number    int not null,
    bytes     bytea not null,
    primary key (import_id, number)
);
alter table contact_import_chunks alter bytes set storage external; -- soon deleted: compressing costs more

create table contact_import_rejects (
    import_id uuid not null references contact_imports (id) on delete cascade,
    row       int not null,             -- counted without the header
    line      bigint not null,
    field     text not null,
    reason    text not null,
    cells     text[] not null,
    primary key (import_id, row)
);
