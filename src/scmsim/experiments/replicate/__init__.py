"""Replications until figures are as precise as they have to be."""
