"""The parts of `benchmarks.soak`: a Discord, people, a news outlet, the programs, and what is made of the figures."""
