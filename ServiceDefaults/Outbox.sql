-- Messages that are to be published: written in the transaction of what they tell, deleted once the broker has them.
create table outbox (
    id           bigint generated always as identity primary key,
    message_id   uuid not null unique, -- the broker's message id: the same on every repeat
    type         text not null,        -- full name of the contract
    body         jsonb not null,
    trace_parent text,
    created_at   timestamptz not null default clock_timestamp()
);
