"""Executors: who does the jobs of a run, all with the same outcomes."""
