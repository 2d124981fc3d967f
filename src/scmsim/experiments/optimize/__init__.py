"""The best values of a scenario under constraints: a search, and what it found."""
