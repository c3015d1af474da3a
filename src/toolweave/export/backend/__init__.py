"""Files that a BFCL export copies beside its questions; they need nothing of this package."""
