"""A scenario at many points: factors, a design, a plan, a ledger of runs, and what they give."""
