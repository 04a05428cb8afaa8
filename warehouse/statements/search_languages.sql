-- Outlets and languages that articles have.
select distinct outlet_id, language from articles
