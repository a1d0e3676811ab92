-- Whoever had opted out and is then erased must not be written to again because some file still names them. So the number
-- is remembered as a hash, which answers "this one?" and does not tell which. The salt is this database's own: the hashes
-- are worth nothing beside a list from elsewhere. Whoever has both, and time, can try all numbers there are.
create table opt_out_salt (salt bytea not null);
insert into opt_out_salt values (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
create table opt_outs_kept (
    number_hash bytea primary key,
    at          timestamptz not null -- when they opted out
);
create function opt_out_hash(number text) returns bytea language sql stable as $$
    select sha256(salt || convert_to(number, 'UTF8')) from opt_out_salt
$$;
