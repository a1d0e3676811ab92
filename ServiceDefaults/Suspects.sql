-- Messages during whose handling the process has died, and how often (Suspects.cs).
create table suspects (
    message_id uuid not null,
    queue text not null,
    deaths int not null,
    primary key (message_id, queue)
);
