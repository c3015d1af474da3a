"""Growing the tools of a domain in stages, from a pack or with a model."""
