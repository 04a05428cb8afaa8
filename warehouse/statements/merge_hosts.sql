-- What a run learnt of hosts. A host that was not given up this time begins to count anew.
merge into hosts as old using incoming as new on old.host = new.host
when matched and new.checked_at >= old.checked_at then update set
    not_before = new.not_before,
    reason = new.reason,
    detail = new.detail,
    runs_in_a_row = if(new.reason is null, 0, old.runs_in_a_row + 1),
    checked_at = new.checked_at,
    reservations_checked_at = coalesce(new.reservations_checked_at, old.reservations_checked_at)
when not matched then insert (host, not_before, reason, detail, runs_in_a_row, checked_at, reservations_checked_at)
    values (new.host, new.not_before, new.reason, new.detail, if(new.reason is null, 0, 1), new.checked_at, new.reservations_checked_at)
