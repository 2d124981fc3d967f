"""stockpyl in an environment of its own: it wants an old Sphinx to run and is not at ease with numpy 2."""

import os
import subprocess
import sys
from pathlib import Path

CACHE = Path(__file__).resolve().parent / ".cache"
REQUIREMENTS = ("stockpyl==1.0.2", "numpy<2; python_version < '3.13'")


def python() -> Path:
    """Return the interpreter of stockpyl's environment, making the environment when it is not there yet.

    Raises
    ------
    subprocess.CalledProcessError
        It cannot be made, for instance because no package index can be reached.
    """
    folder = CACHE / f"stockpyl-{sys.version_info.major}.{sys.version_info.minor}"
    interpreter = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    finished = folder / "finished"
    if not finished.exists():
        print("making an environment for stockpyl (once, about a minute)", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", *REQUIREMENTS]
        subprocess.run([interpreter, *install], check=True)
        finished.write_text("\n".join(REQUIREMENTS), encoding="utf-8")
    return interpreter


if __name__ == "__main__":
    print(python())
