"""Several scenarios on the same random numbers: which is better, on what, by how much, how sure."""
