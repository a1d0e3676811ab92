-- Until then the campaign is paused, and goes on by itself: the sender's limit of a day is reached. Null: a person decides.
alter table campaigns add resume_at timestamptz;
