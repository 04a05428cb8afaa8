-- Addresses that were taken over from a killed run, once a whole crawl has named them: the lists of the outlet were followed far enough.
update links set found_by = settled.found_by
from settled
where links.outlet_id = settled.outlet_id and links.url = settled.url and links.found_by = 'recovered'
