"""Assessments: grading, filing, evaluation and all that follows from a protection level."""
