-- Whose code paused the campaign: each provider's errors have a dictionary of their own. Null: the code is ours.
alter table campaigns add status_provider text;
update campaigns c set status_provider = coalesce((
    select m.provider from messages m
    where m.campaign_id = c.id and m.error_code = c.status_reason and m.provider is not null limit 1), 'twilio')
where status_reason not in ('too_many_failures', 'missed_start');
