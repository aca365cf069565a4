"""Inspections by departments (检查评估), and the notices they issue."""
