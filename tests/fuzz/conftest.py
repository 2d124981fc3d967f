"""What of this folder can be read where there are no limits of resources."""

import os

if os.name == "nt":
    collect_ignore = ["campaign.py", "trial.py"]
