select distinct article_id from observations where observation_id in (select observation_id from read_again)
