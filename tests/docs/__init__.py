"""Tests of README, docs and docstrings: code runs, links resolve, docstrings are complete."""
