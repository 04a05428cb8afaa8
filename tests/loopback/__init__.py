"""A loopback world of outlets, each with one peculiarity, for proofs that speak only to the commands, the tables and the servers' logs."""
