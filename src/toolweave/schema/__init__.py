"""JSON Schema work: paths, references, types, conditional requirements, validators, sampling."""
