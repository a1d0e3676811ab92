-- From where somebody called; forgotten after half a year (ActivityEntry.ForgetAddressesAsync).
alter table activity add address text;

-- An import is noted once it is over: until then its caller's address is here, as the name is.
alter table contact_imports add address text, add undone_from text;
