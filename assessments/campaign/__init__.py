"""Campaigns: a yearly or other round of the leading group, its tasks, reminders, coverage and summary."""
