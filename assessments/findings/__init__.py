"""Findings the system makes from its own data (自动发现)."""
