"""Finds, fetches and keeps what outlets publish; never interprets an article."""
