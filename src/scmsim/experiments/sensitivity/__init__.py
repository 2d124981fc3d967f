"""What matters: which factor a figure varies with, from a design of its own or from a finished sweep."""
