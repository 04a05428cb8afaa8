"""Data at rest: records, captures (WARC), the DuckDB file, and the settings that say where they are. Imports nothing of ours."""
