-- null: forgotten, since texts are not kept for ever.
alter table interactions alter text drop not null;
