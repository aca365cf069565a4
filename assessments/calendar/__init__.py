"""The standing calendar: what recurs, by when, and why; told from data and from rules that are data."""
