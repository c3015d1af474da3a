"""Readers that turn tool files of several forms into toolsets."""
