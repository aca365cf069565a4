"""Tests of scanner results."""
