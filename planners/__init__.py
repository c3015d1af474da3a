"""Readers of plans, and the templates of the plan format."""
