"""Verification: what is known of models from elsewhere, and whether this simulator finds the same.

A case (`scmsim.verification.case`) says what is run, where the known value is from and how near it has to lie; the
cases of all families stand in `scmsim.verification.catalogue`, and `scmsim.verification.verify` runs them.
"""
