"""The offline generator: wording from grammar, lexicon and schema; no network, no key, seeded."""
