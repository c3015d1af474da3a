"""Nodes and arrows become SVG, PNG, HTML, Mermaid or text, without a network."""
