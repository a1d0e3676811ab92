-- Who did what, written in the transaction that does it.
create table activity (
    id         uuid primary key,
    at         timestamptz not null,
    user_name  text,           -- null: nobody was signed in
    action     text not null,
    subject_id uuid,
    subject    text,           -- its name at that time; never a person's
    details    jsonb
);
create index on activity (subject_id, id);

-- What the provider says of a template; null of one that was entered by hand.
alter table templates add approval text;
