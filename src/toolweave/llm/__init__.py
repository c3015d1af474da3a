"""The one seam to language models: tasks and the generators that answer them."""
