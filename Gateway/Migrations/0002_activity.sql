-- Sign-ins and changes of users and keys, until Services.Campaigns has them in its activity log (ActivityRelay).
create table activity_notes (
    id uuid primary key,
    at timestamptz not null,
    user_name text, -- null: nobody was signed in
    address text,
    action text not null,
    subject_id uuid,
    subject text -- the name of the user or of the key
);
