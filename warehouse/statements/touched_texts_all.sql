create or replace temp table touched_texts as
select distinct text_sha256 from article_texts
