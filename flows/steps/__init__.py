"""The pure steps from a kept page to tagged text: values in, values out; no Prefect, Scrapy, DuckDB, network or disk."""
