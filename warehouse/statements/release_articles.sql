-- One row per article, with what its description as a schema.org NewsArticle needs.
with pictures as (
    select article_id, list({url: url, caption: caption, credit: credit} order by position) as images
    from images
    group by article_id
), named as (
    select distinct article_id, kind, entity_id, coalesce(entities.name, mentions.text) as name, entities.wikidata_id, entities.latitude, entities.longitude
    from mentions left join entities using (entity_id, kind)
), names as (
    select article_id,
        list({kind: kind, entity_id: entity_id, name: name, wikidata_id: wikidata_id, latitude: latitude, longitude: longitude}
            order by kind, name, entity_id) as names
    from named
    group by article_id
), topics as (
    select article_id, list({scheme: scheme, code: code, name: name} order by scheme, code) as topics
    from subjects
    group by article_id
), origins as (
    select copies.article_id, original.url as original_url
    from copies join articles as original on original.article_id = copies.copy_id
    where relation in ('exact', 'near', 'excerpt')
)
select articles.*, outlets.name as outlet, outlets.homepage, outlets.time_zone, images, names, topics, original_url, captures.payload_sha256
from articles
    left join outlets on outlets.outlet_id = articles.outlet_id
    left join pictures using (article_id)
    left join names using (article_id)
    left join topics using (article_id)
    left join origins using (article_id)
    left join captures on captures.capture_id = articles.capture_id
order by articles.article_id
