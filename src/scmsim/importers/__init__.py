"""Other people's data, read and written again as scenario files."""

from scmsim.importers.willems import import_willems

__all__ = ["import_willems"]
