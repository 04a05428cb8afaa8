update runs set state = ?, ended_at = ? where run_id = ?
