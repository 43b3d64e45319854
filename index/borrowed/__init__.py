"""Models that the operator names, run by torch. Importing these takes seconds."""
