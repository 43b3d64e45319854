"""Measurements: quality and speed on evaluation data, and the gate over the samples."""
