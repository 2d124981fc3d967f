"""The tables of a run as people read them, and what is worked out from whole tables: cases, statements, scorecards."""
