"""From a run configuration to a durable run folder."""
