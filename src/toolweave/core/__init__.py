"""The vocabulary: tools, plans, dialogues, errors and seeding. Imports nothing but pydantic."""
