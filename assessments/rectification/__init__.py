"""Rectification (整改): problems, their plans, decisions, work and closure."""
