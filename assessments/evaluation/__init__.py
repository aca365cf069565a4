"""Evaluation (测评、自评估): answering the items of a level, and what the answers add up to."""
