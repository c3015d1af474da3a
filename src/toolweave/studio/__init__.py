"""The studio: dialogues, plans, graphs and live simulations in a browser."""
