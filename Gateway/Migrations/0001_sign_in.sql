create table users (
    id uuid primary key,
    user_name text not null,
    password_hash text not null,
    role text not null check (role in ('admin', 'operator', 'viewer')),
    stamp uuid not null, -- a new one with every new password: the sessions begun before end
    created_at timestamptz not null
);

create unique index users_name on users (lower(user_name));

-- Signed out of; kept as long as a copy of the cookie could be shown.
create table ended_sessions (
    id uuid primary key,
    ended_at timestamptz not null
);

create table api_keys (
    id uuid primary key,
    name text not null,
    key_hash bytea not null unique, -- SHA-256; the key itself is random enough to need no salt
    role text not null check (role in ('admin', 'operator', 'viewer')),
    created_at timestamptz not null,
    expires_at timestamptz,
    last_used_at timestamptz
);

-- One row per user name and per address that has failed lately. The subject is a hash: people type passwords into
-- the wrong field.
create table login_failures (
    subject bytea primary key,
    failures integer not null,
    last_at timestamptz not null,
    locked_until timestamptz
);

create index login_failures_age on login_failures (last_at);

create table data_protection_keys (
    name text primary key,
    xml text not null
);
