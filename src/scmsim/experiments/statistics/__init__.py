"""Statistics of replications: estimates, intervals, differences on the same random numbers, many at once, tails."""
