"""``make bench``: how fast the product answers, measured from outside, on SQLite and PostgreSQL (docs/bench.md)."""
