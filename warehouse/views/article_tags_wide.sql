-- One row per article: its tags as lists, for filtering without joins.
create or replace view article_tags_wide as
with named as (
    select article_id,
        list(distinct entity_id order by entity_id) filter (kind = 'armed_group' and entity_id is not null) as armed_groups,
        list(distinct entity_id order by entity_id) filter (kind = 'organization' and entity_id is not null) as organizations,
        list(distinct entity_id order by entity_id) filter (kind = 'place' and role <> 'dateline' and entity_id is not null) as places
    from mentions
    group by article_id
), admin1s as (
    select article_id, list(distinct admin1_pcode order by admin1_pcode) as admin1
    from mentions join entities using (entity_id)
    where mentions.kind = 'place' and role <> 'dateline' and admin1_pcode is not null
    group by article_id
), topics as (
    select article_id, list(distinct code order by code) as subjects from subjects group by article_id
), counted as (
    select article_id,
        sum(best) filter (role = 'killed' and scope = 'event') as killed,
        sum(best) filter (role = 'injured' and scope = 'event') as injured
    from figures
    group by article_id
), quoted as (
    select article_id, count(*) as quotations from quotations group by article_id
)
select articles.article_id, outlet_id, url, headline, language, published_on, is_original,
    coalesce(places, []) as places, coalesce(admin1, []) as admin1, coalesce(armed_groups, []) as armed_groups,
    coalesce(organizations, []) as organizations, coalesce(subjects, []) as subjects, killed, injured, coalesce(quotations, 0) as quotations
from articles
    left join named using (article_id) left join admin1s using (article_id) left join topics using (article_id)
    left join counted using (article_id) left join quoted using (article_id);
comment on view article_tags_wide is 'One row per article: its tags as lists.';
comment on column article_tags_wide.article_id is '16 hex digits of SHA-256 over outlet and canonical URL.';
comment on column article_tags_wide.outlet_id is 'Outlet that published it.';
comment on column article_tags_wide.url is 'Canonical URL.';
comment on column article_tags_wide.headline is 'Headline without site name (schema.org headline).';
comment on column article_tags_wide.language is 'BCP 47 language of the text; und where it is not certain.';
comment on column article_tags_wide.published_on is 'Day of publication in the outlet''s own zone.';
comment on column article_tags_wide.is_original is 'True for exactly one article of each copy group, and for every article without copies.';
comment on column article_tags_wide.places is 'Entity ids of the places named, without that of the dateline.';
comment on column article_tags_wide.admin1 is 'P-codes of the states and regions of the places named, without that of the dateline.';
comment on column article_tags_wide.armed_groups is 'Entity ids of the armed groups named.';
comment on column article_tags_wide.organizations is 'Entity ids of the organizations named.';
comment on column article_tags_wide.subjects is 'Codes of the subjects.';
comment on column article_tags_wide.killed is 'Sum of the stated figures of role killed and scope event; NULL where there is none.';
comment on column article_tags_wide.injured is 'Sum of the stated figures of role injured and scope event; NULL where there is none.';
comment on column article_tags_wide.quotations is 'Number of quotations.';
