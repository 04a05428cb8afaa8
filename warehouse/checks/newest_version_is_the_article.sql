-- The text of an article is that of its newest version.
-- level: error
select outlet_id, 'article ' || article_id as observed, 'the text of version ' || articles.version as expected, url as detail
from articles left join article_versions using (article_id, version)
where article_versions.body_sha256 is distinct from articles.body_sha256
