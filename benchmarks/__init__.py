"""The figures of docs/performance.md, for anyone to check: ``python -m benchmarks`` in a checkout."""
