-- Messages that somebody writes by hand (kind 3) belong to no campaign, and so bring their own text or template.
alter table messages
    alter campaign_id drop not null,
    add content_sid text,
    add body        text,   -- the template's, as it was then
    add user_name   text;   -- who wrote it

-- The conversations: people who have written, the latest first.
alter table contacts add conversation_read_at timestamptz;
create index on contacts (last_inbound_at desc, id desc) where last_inbound_at is not null;
