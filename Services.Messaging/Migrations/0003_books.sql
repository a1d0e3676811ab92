-- Whose message it is. Null for what was entered before this column was there.
alter table send_attempts add campaign_id uuid;

-- A campaign's part of the ledger, in the order in which it is compared with the campaign's rows.
create index send_attempts_of_campaign on send_attempts (campaign_id, message_id, attempt)
    where campaign_id is not null;
