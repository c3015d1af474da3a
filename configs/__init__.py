"""Settings, their loader, and the YAML that ships."""

from toolweave.configs.shipping import shipped, shipped_names

__all__ = ["shipped", "shipped_names"]
