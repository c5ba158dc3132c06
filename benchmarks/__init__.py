"""Benchmarks: named scenarios, each beside its peers or its physical limit in the same run."""
