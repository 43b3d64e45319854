"""One file for each that takes part in `benchmarks.speed`: how it is used, as its own documentation says."""
