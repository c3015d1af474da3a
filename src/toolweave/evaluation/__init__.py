"""The proof of a finished dialogue, without a model."""
