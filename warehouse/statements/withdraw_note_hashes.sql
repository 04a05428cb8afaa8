insert or ignore into withdrawn select unnest($hashes), $day
