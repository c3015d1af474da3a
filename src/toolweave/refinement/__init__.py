"""Refinement: edits of finished dialogues, made on their plans or on how they are presented."""
