"""What tools return that do not say so: inferred, and marked as such."""
