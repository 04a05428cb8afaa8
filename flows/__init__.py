"""What happens, and in which order: the command, the Prefect flows, and the functions both of them call."""
