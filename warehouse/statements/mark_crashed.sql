update runs set state = 'crashed' where state = 'running' returning run_id
