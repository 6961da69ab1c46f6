"""The database (jobs, people, quota, codes, grants, payments) and the photo store."""
