-- Campaigns may be sent by one provider after the other: whose code explains a failure, and whose ids a report names.
alter table messages
    add provider               text, -- who told the code or the id; null: nobody yet, or Twilio, once the only one
    add alternative_message_id text, -- WhatsApp's own id, where a provider in between has one too
    add language               text; -- of the template of what somebody writes by hand
create index on messages (alternative_message_id) where alternative_message_id is not null;

alter table campaigns add language text; -- the template's: frozen at launch

alter table early_statuses add alternative_id text;
create index on early_statuses (alternative_id) where alternative_id is not null;
