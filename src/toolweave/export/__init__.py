"""Finished dialogues written the way their consumers read them: one exporter per consumer."""
