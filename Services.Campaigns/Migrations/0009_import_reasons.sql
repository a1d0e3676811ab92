-- What is wrong with a file or a row is said in two languages; what was noted before knows one.
alter table contact_import_rejects add reason_fr text;
update contact_imports set error = jsonb_build_object(
    'field', error -> 'field', 'line', error -> 'line',
    'remedy', jsonb_build_object('english', error -> 'detail', 'french', error -> 'detail'))
where error is not null;
