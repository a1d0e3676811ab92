-- An open outcome is recognised at the provider by the text, or by the values of the template's variables. Empty once
-- it is settled: nobody needs them any more.
alter table send_attempts add parts text[] not null default '{}';

-- The trace of the order, which goes on when somebody else settles the outcome.
alter table send_attempts add trace_parent text;

-- The greatest status that has been reported (DeliveryStatus), and when the provider is asked for a greater one.
alter table send_attempts add status smallint;
alter table send_attempts add ask_at timestamptz;
alter table send_attempts add asks int not null default 0;

-- What is due to be asked for, among millions.
create index send_attempts_ask on send_attempts (ask_at) where ask_at is not null;

-- How much a sender has sent since an instant, roughly: lines are entered in the order of time.
create index send_attempts_claimed on send_attempts using brin (claimed_at) with (pages_per_range = 32);

-- Unknown outcomes in a row: each makes the sender's next rest longer.
alter table sender_slots add strikes int not null default 0;
