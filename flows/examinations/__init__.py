"""The examinations of `nightdesk doctor`, one function each; the list of them is in flows/doctor.py."""
