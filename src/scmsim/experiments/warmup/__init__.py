"""How long a warm-up has to be."""
