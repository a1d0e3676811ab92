-- Whether webhooks reach us, as the self-test found it last: one row.
create table webhook_checks (
    only_row   boolean primary key default true check (only_row),
    reachable  boolean not null,
    reason     text,
    checked_at timestamptz not null
);
