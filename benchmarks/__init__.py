"""Performance benchmarks: run ``python -m benchmarks`` in a checkout. See docs/performance.md."""
