"""Tests of the standing calendar."""
