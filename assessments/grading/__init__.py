"""Grading (定级): from the harm a failure would do to a protection level."""
