-- Another id of the same message: WhatsApp's own, where a provider in between has one too.
alter table send_attempts add alternative_id text;

-- Reports that name only that one.
create index send_attempts_alternative on send_attempts (alternative_id) where alternative_id is not null;

-- Unknown, and its provider keeps no list: if no report comes for a day, nobody will tell.
alter table send_attempts drop constraint send_attempts_state_check, add constraint send_attempts_state_check
    check (state in ('claimed', 'accepted', 'refused', 'unknown', 'failed', 'absent', 'unconfirmed'));

-- A late report may still tell what became of an unconfirmed one; it is found by the recipient like an unknown one.
drop index send_attempts_unsettled;
create index send_attempts_unsettled on send_attempts (recipient, sender)
    where state in ('claimed', 'unknown', 'unconfirmed');
