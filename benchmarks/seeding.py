"""What the seed and its reader agree on."""

MARK = "bench_seed"
"""The table whose one row says that a seed is complete."""
