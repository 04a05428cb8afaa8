drop table touched_texts
