"""What docs/benchmarks.md claims, measured: `make bench`."""
