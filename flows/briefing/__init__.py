"""The morning page: one self-contained HTML file a day, and the same as Markdown for mail and as JSON."""
