-- When the person last said STOP or START: an older word that is taken in later changes nothing.
alter table contacts add consent_at timestamptz;
