"""A run: a scenario simulated, once or several times, what it gives, and its folder."""
