-- One row: what the lost file holds that no capture can give again.
select
    (select count(*) from lost.articles where capture_id is null) as imported_articles,
    (select count(*) from lost.article_versions where capture_id is null) as imported_versions,
    (select count(*) from lost.runs) as runs,
    (select count(*) from lost.rejections) as rejections,
    (select count(*) from lost.articles where gone_at is not null) as gone_at
