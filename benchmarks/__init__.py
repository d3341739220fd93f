"""Performance benchmarks: run ``python -m benchmarks``; docs/performance.md explains the figures."""
