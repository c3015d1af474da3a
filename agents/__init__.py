"""The five agents: user, clarification, tool, summary and memory, with their prompts."""
