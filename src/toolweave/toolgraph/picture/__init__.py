"""A tool graph as a diagram."""
