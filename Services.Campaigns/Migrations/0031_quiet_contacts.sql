-- Quiet hours may be each person's own: then a message carries by whose clock it waits (Region.cs). Null: it waits by none.
alter table messages add region text collate "C";
alter table campaigns add regions text[]; -- of its messages
create index on messages (campaign_id, region, status, next_attempt_at, id)
    where status in (0, 1) and kind = 1 and region is not null; -- due in bulk, where it is day

-- How many messages a sender has begun in a day (UTC), where that is limited (SenderDay.cs).
create table sender_days (
    sender text not null,
    day    date not null,
    begun  int not null,
    primary key (sender, day)
);
