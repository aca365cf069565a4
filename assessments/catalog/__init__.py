"""Catalogue: the requirement items of a standard as data, and which of them apply."""
