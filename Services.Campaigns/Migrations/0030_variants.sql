-- Message 1 in other languages: [{ language, templateId, variables, fallbacks, content }], where content is what of the
-- template is frozen at launch.
alter table campaigns add variants jsonb not null default '[]';
alter table messages add variant smallint; -- which of them it is, from 0; null: none, but the campaign's own template
