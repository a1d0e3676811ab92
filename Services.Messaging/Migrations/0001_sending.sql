-- The ledger: every attempt to send a message, entered before the provider is called.
create table send_attempts (
    message_id          uuid not null,
    attempt             int not null,
    provider            text not null,
    sender              text not null,
    recipient           text not null,    -- empty once the outcome is settled: nobody needs the number any more
    content             text not null check (content in ('template', 'text')),
    retries_used        int not null,
    state               text not null default 'claimed'
        check (state in ('claimed', 'accepted', 'refused', 'unknown', 'failed', 'absent')),
    claim               uuid not null,    -- who may record the answer of the call
    provider_message_id text,
    error_code          text,
    reason              text,             -- of an unknown outcome
    not_before          timestamptz,      -- of a refused or failed one: when to try again; null: never
    claimed_at          timestamptz not null,
    changed_at          timestamptz not null default clock_timestamp(),
    look_at             timestamptz,      -- of an unknown one: when to look for it at the provider
    looks               int not null default 0,
    absences            int not null default 0,
    primary key (message_id, attempt)
);

-- The promise "nobody twice": at most one attempt of a message may have reached the provider.
create unique index send_attempts_out on send_attempts (message_id) where state in ('claimed', 'unknown', 'accepted');

-- Reports that name only the provider's id; and "is this one ours?" when an outcome is looked for.
create index send_attempts_provider_message on send_attempts (provider_message_id)
    where provider_message_id is not null;

-- Few at any time: the overdue, the due and the rivals of an unknown outcome are found among them.
create index send_attempts_unsettled on send_attempts (recipient, sender) where state in ('claimed', 'unknown');

-- The gate: one row per sender, read and moved by this database's clock only.
create table sender_slots (
    sender       text primary key,
    next_at      timestamptz not null,
    holder       uuid,                    -- the claim whose call is under way (strict mode)
    halted_until timestamptz,
    halt_code    text
) with (fillfactor = 50);
