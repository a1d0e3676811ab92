-- Beside the main sender there may be others; null is the main one.
alter table messages add sender text;     -- which sends it; null: its campaign's
alter table interactions add sender text; -- to which they wrote
