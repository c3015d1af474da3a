"""Words for tools that nobody prepared: a lexicon drafted from names, descriptions and schemas."""
