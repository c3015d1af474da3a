"""What several rooms must agree on: the plan check, the value matcher, leak detection."""
