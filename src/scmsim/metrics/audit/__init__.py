"""The audit: every stock, amount and balance of a run worked out again from its records, and compared."""
