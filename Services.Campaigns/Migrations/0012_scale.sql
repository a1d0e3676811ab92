-- How many contacts there are, without going through them: what each statement has added or removed. Rows are only
-- added, so that nobody waits for anybody; now and then they become one (ImportStore.PruneAsync).
create table contact_counts (n bigint not null);
create function note_contacts() returns trigger language plpgsql as $$
begin
    insert into contact_counts
    select case tg_op when 'INSERT' then count(*) else -count(*) end from changed having count(*) > 0;
    return null;
end $$;
create trigger contacts_added after insert on contacts
    referencing new table as changed for each statement execute function note_contacts();
create trigger contacts_removed after delete on contacts
    referencing old table as changed for each statement execute function note_contacts();
insert into contact_counts select count(*) from contacts; -- the triggers keep everybody else out meanwhile

-- A campaign pauses when more than this share of its messages fails. What had become of them when it was last resumed
-- does not pause it again.
alter table campaigns
    add pause_at_failure_share double precision not null default 0.2,
    add outcomes_before bigint not null default 0,
    add failures_before bigint not null default 0;

-- What stands in for a value that somebody lacks, by template variable.
alter table campaigns add fallbacks jsonb not null default '{}';

-- Conditions with a name, to be used again.
create table segments (
    id         uuid primary key,
    name       text not null,
    condition  jsonb not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
