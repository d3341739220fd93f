"""From a plan to finished campaigns."""
