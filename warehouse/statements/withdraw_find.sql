-- What was met under one of the addresses: articles, captures, and the other addresses of both.
with read_as as (
    select observations.article_id, captures.*
    from captures left join observations on observations.observation_id = captures.capture_id
), named as (
    select article_id from articles where list_contains($urls, url) or list_has_any(aliases, $urls)
    union
    select article_id from read_as where article_id is not null and (list_contains($urls, url) or list_contains($urls, final_url))
), kept as (
    select capture_id, url, final_url from read_as
    where article_id in (select article_id from named) or list_contains($urls, url) or list_contains($urls, final_url)
    union
    select captures.capture_id, captures.url, captures.final_url
    from captures join article_versions using (capture_id)
    where article_versions.article_id in (select article_id from named)
), kept_or_referring as (
    select * from kept
    union
    select capture_id, url, final_url from captures where revisit_of in (select capture_id from kept)
)
select 'article' as kind, article_id as value from named
union
select 'capture', capture_id from kept_or_referring
union
select 'address', unnest([url, final_url]) from kept_or_referring
union
select 'address', unnest([url] || coalesce(aliases, [])) from articles where article_id in (select article_id from named)
union
select 'address', asked_url from links where list_contains($urls, url) and asked_url is not null
order by kind, value
