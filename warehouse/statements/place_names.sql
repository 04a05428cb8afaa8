-- Names of places, English and Burmese, without what stands behind them in brackets.
select distinct unnest([regexp_replace(name, ' \(.*', ''), name_my]) as name
from entities
where kind = 'place'
