-- Their groups have lost a member.
insert into copies_pending by name select value as article_id from withdrawing where kind = 'article'
