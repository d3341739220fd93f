"""Performance benchmarks. Run ``python -m benchmarks`` in a checkout; docs/performance.md explains the figures."""
