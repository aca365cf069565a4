"""Automatic findings."""
