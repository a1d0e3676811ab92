-- Whether a provider's webhooks reach us, found out by one replica at a time.
create table webhook_checks (
    provider   text primary key,
    due_at     timestamptz not null default clock_timestamp(),
    failures   int not null default 0,          -- in a row
    reachable  boolean,                         -- null: nobody knows yet
    reason     text,
    well_at    timestamptz,                     -- until then nothing can have been lost
    told_at    timestamptz,
    recover_at timestamptz,                     -- null: webhooks tell it all
    closing    boolean not null default false   -- reachable again: the next recovery is the last
);

-- Until when a sender's inbound messages have been read from the provider's list.
create table inbound_cursors (
    sender  text primary key,
    read_to timestamptz not null
);

-- What has been said already: readings overlap, since a list may be a little behind.
create table inbound_seen (
    provider_message_id text primary key,
    seen_at             timestamptz not null default clock_timestamp()
);
