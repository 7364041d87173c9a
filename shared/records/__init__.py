"""档案: what a service keeps of an application, what of it goes into a package, and what is left when it is destroyed.

Every service declares its tables in a `keeping.py`. From that declaration come the rows of packages (`rows.py`), the audit
entries with proofs of their seals (`entries.py`) and the destruction (`destroying.py`). What a package is (`bag.py`) and how
one is checked without the system (`verify.py`) knows neither services nor databases.
"""
