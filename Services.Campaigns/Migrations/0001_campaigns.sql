-- UUIDv7 (RFC 9562): ids in the order of their making, also where rows are made in sets.
create function uuid_v7() returns uuid language sql volatile parallel safe as $$
    select encode(
        set_bit(set_bit(
            overlay(uuid_send(gen_random_uuid())
                placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
                from 1 for 6),
            52, 1), 53, 1),
        'hex')::uuid
$$;

create table contacts (
    id              uuid primary key,
    phone           text not null unique,         -- E.164
    first_name      text,
    last_name       text,
    language        text,
    tags            text[] not null default '{}',
    attributes      jsonb not null default '{}',  -- text by name
    opted_out_at    timestamptz,
    last_inbound_at timestamptz,                  -- opens the 24 h window for free text
    joined_at       timestamptz,                  -- Sandbox: the last proof of membership, good for 72 h
    not_joined_at   timestamptz,                  -- Sandbox: the last proof of the contrary (63015, or they left)
    sandbox_error   text,                         -- the code that came with it
    created_at      timestamptz not null,
    updated_at      timestamptz not null
);
create index on contacts using gin (tags);

create table templates (
    id          uuid primary key,
    name        text not null,
    content_sid text not null,
    language    text not null,
    body        text not null,
    variables   text[] not null,
    created_at  timestamptz not null,
    updated_at  timestamptz not null
);

create table campaigns (
    id                    uuid primary key,
    name                  text not null,
    status                text not null,             -- draft, scheduled, running, paused, completed, cancelled
    status_reason         text,                      -- why it paused by itself: an error code
    template_id           uuid not null references templates (id),
    variables             jsonb not null,            -- pattern by template variable: {"1": "{{firstName}}"}
    message2_body         text,
    message2_within_hours int,
    audience              jsonb not null,
    start_at              timestamptz,
    quiet_hours           jsonb,
    content_sid           text,                      -- frozen at launch, as are body and sender
    body                  text,
    sender                text,
    launched_at           timestamptz,               -- contacts created later are not in the audience
    frozen_up_to          uuid,                      -- the audience is made into rows in chunks, by contact id
    frozen_at             timestamptz,               -- set when every recipient has a row
    last_fed_at           timestamptz,               -- round-robin: whoever waits longest is next
    started_at            timestamptz,
    finished_at           timestamptz,
    trace_parent          text,
    created_at            timestamptz not null,
    updated_at            timestamptz not null
);
create index on campaigns (status);

-- One row per recipient and kind. The waiting rows are the queue.
create table messages (
    id                  uuid primary key,
    campaign_id         uuid not null references campaigns (id) on delete cascade,
    contact_id          uuid references contacts (id), -- null: a test, or the person was erased
    kind                smallint not null,             -- 0 test, 1 message 1, 2 message 2
    phone               text not null,
    status              smallint not null,             -- MessageStatus
    attempts            int not null default 0,
    retries_used        int not null default 0,
    next_attempt_at     timestamptz,                   -- waiting rows only
    provider_message_id text,
    error_code          text,
    variables           jsonb,                         -- of the template, rendered at launch
    text                text,                          -- of free text
    created_at          timestamptz not null,
    queued_at           timestamptz,
    expires_at          timestamptz,                   -- of the outstanding order
    sent_at             timestamptz,
    delivered_at        timestamptz,
    read_at             timestamptz,
    failed_at           timestamptz,
    replied_at          timestamptz,
    timeline            jsonb not null default '[]',
    trace_parent        text,
    unique (campaign_id, contact_id, kind)             -- nobody twice in one campaign
) with (fillfactor = 85);
create index on messages (campaign_id, status, id);                                              -- lists by status
create index on messages (campaign_id, status, next_attempt_at, id) where status in (0, 1) and kind = 1; -- due in bulk
create index on messages (next_attempt_at, id) where status in (0, 1) and kind <> 1;             -- what is urgent
create index on messages (expires_at) where status = 2;                                          -- outstanding orders
create index on messages (campaign_id, sent_at);                                                 -- the measured rate
create index on messages (contact_id) where contact_id is not null;                              -- replies, erasure
create index on messages (provider_message_id) where provider_message_id is not null;            -- callbacks

-- How many messages of a campaign stand in each status: moved in the transaction that moves the row.
create table campaign_counters (
    campaign_id uuid not null references campaigns (id) on delete cascade,
    kind        smallint not null,
    status      smallint not null, -- MessageStatus, or 100: have been replied to
    n           bigint not null,
    primary key (campaign_id, kind, status)
);

-- What people wrote to us.
create table interactions (
    id                  uuid primary key,
    provider_message_id text not null unique, -- a repeat is recognised by it
    contact_id          uuid references contacts (id) on delete cascade,
    message_id          uuid references messages (id) on delete set null, -- what it replies to
    text                text not null,
    profile_name        text,
    received_at         timestamptz not null
);
create index on interactions (contact_id, received_at);

-- Reports on messages whose provider id is not known yet; applied when it is.
create table early_statuses (
    provider_message_id text not null,
    status              smallint not null,
    received_at         timestamptz not null,
    primary key (provider_message_id, status)
);

-- When a webhook last reached us: one row.
create table webhook_activity (
    only_row boolean primary key default true check (only_row),
    last_at  timestamptz not null
);
