-- Fast mode: the last starts of a sender, a ring of as many as it may send in a second. A start a whole second after the
-- one at the same place keeps every window of a second within the rate, also after a delay; a grid would lose the slots.
alter table sender_slots add starts timestamptz[] not null default '{}', add turns bigint not null default 0;
