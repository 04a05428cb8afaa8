select batch_id from load_log
