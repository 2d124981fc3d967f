"""Where and how the work of an experiment is done: the unit of work, batches of it, and who does them."""
