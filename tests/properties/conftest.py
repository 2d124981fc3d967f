"""The modules that draw random scenarios are found by each other."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
