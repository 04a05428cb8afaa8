create or replace temp view articles_withdrawn as select value as article_id from withdrawing where kind = 'article'
