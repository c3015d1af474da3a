"""Readers of foreign tool descriptions: one per form, each from data to candidate tools."""
