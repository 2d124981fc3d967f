"""Theory beside simulation: what is known exactly of parts of a scenario, and what the simulation says of it.

`recognise` finds the parts of a resolved network that have an exact or bounding answer; `theory` simulates the scenario
and puts both side by side.
"""

from scmsim.theory.comparison import Theory, theory
from scmsim.theory.recognition import recognise
from scmsim.theory.rows import Reading, Row

__all__ = ["Reading", "Row", "Theory", "recognise", "theory"]
