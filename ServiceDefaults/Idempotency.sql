-- Requests that came with an Idempotency-Key (Idempotency.cs), and what they were answered, for a day.
create table idempotency_keys (
    id           uuid primary key,     -- derived of caller, address and key
    claim        uuid not null,        -- of who is at it, or was last
    made_id      uuid not null,        -- the id of what the request makes, the same at each try
    leased_until timestamptz not null, -- without an answer the next one may try from then on
    created_at   timestamptz not null,
    request      bytea,                -- HMAC of the request
    status       smallint,             -- null: not answered yet
    content_type text,
    location     text,
    body         bytea                 -- sealed: only who knows the key can read it
);
create index on idempotency_keys (created_at);
