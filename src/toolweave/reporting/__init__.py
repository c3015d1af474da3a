"""What figures are shown as: tables, comparisons, and one page about a run."""
