-- What the last check of a campaign's books found: ledger, provider, rows and counters side by side.
create table campaign_books (
    campaign_id      uuid primary key references campaigns (id) on delete cascade,
    checked_at       timestamptz not null,
    numbers          jsonb not null,
    difference_count bigint not null,
    differences      jsonb not null -- the first of them
);

-- The last check of all campaigns: one row.
create table books (
    only_row     boolean primary key default true check (only_row),
    checked_at   timestamptz not null,
    stray_count  bigint,            -- null: the provider's list could not be read
    strays       jsonb not null
);

-- Checks that are wanted. One goes when it is done; so what a crash interrupts is taken up again.
create table book_wishes (
    scope     uuid primary key, -- a campaign; all zeros: all campaigns
    wanted_at timestamptz not null
);
