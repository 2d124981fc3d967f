"""Where a chain is fragile: every node and lane is struck in turn."""
