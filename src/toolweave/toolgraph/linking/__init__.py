"""Linking tools: candidates, a calibrated score or a model that judges, and who feeds whom."""
