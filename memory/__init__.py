"""Facts with provenance, resolving of bindings, and the records of the simulated world."""
