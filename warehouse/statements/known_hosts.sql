-- One row per host that a run has asked: until when it is left alone.
select host, checked_at, not_before, reason, detail, reservations_checked_at from hosts order by host
