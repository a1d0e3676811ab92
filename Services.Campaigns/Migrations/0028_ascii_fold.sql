-- ASCII is in lower case as fast as bytes can be read, if the locale is not asked.
create or replace function fold(value text) returns text language sql immutable parallel safe as $$
    select case when octet_length(value) = length(value) then lower(value collate "C")
        else lower(regexp_replace(normalize(value, NFKD), '[\u0300-\u036F]+', '', 'g')) end
$$;
