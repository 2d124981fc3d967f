"""Set everything up and work with scmsim, from a fresh clone, with nothing but Python 3.11 or later.

    python3 dev.py run scenarios/beer_game.yaml     run a scenario; its report lies in runs/
    python3 dev.py test                             run the tests
    python3 dev.py check                            tests, style, types, layers and the first command of the README
    python3 dev.py docs                             write the generated pages, and build the site in build/docs

Further arguments go on to what is run. Everything is installed in .venv, or in the folder that SCMSIM_VENV names.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("scmsim needs Python 3.11 or later; this is Python " + sys.version.split()[0] + ".")

import tomllib

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("SCMSIM_VENV") or ROOT / ".venv")
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
PROJECT = ROOT / "pyproject.toml"
NO_VENV = (
    "This Python cannot make a virtual environment with pip in it. "
    "On Debian or Ubuntu: apt install python3-venv. Elsewhere: install uv, or Python from python.org."
)


def main() -> int:
    """Do what the command line says and give the exit code."""
    tasks = {"run": run, "test": test, "check": check, "docs": docs}
    if len(sys.argv) < 2 or sys.argv[1] not in tasks:
        print(__doc__.strip(), file=sys.stderr)
        return 0 if sys.argv[1:2] in (["-h"], ["--help"]) else 2
    return tasks[sys.argv[1]](sys.argv[2:])


def run(arguments: list[str]) -> int:
    """Run a scenario and write the run to a folder of runs/ named after it, unless --out names another."""
    install()
    if "--help" in arguments or not arguments:
        return call([PYTHON, "-m", "scmsim", "run", "--help"])
    if not any(argument == "--out" or argument.startswith("--out=") for argument in arguments):
        named = [argument for argument in arguments if not argument.startswith("-")]
        files = [argument for argument in named if Path(argument).suffix in (".yaml", ".yml", ".json")]
        scenario = [*files, *named, "run"][0]
        arguments = [*arguments, "--out", os.path.join("runs", Path(scenario).stem)]
    return call([PYTHON, "-m", "scmsim", "run", *arguments])


def test(arguments: list[str]) -> int:
    """Run the tests."""
    install(extra="test")
    return call([PYTHON, "-m", "pytest", "-n", "2", *arguments], folder=ROOT)


def check(arguments: list[str]) -> int:
    """Run everything that a change has to pass, and go on after a failure to show all of them."""
    install(extra="test", group="dev")
    failed = [] if test(arguments) == 0 else ["test"]
    steps: dict[str, list[str | Path]] = {
        "ruff check": [BIN / "ruff", "check", "."],
        "ruff format": [BIN / "ruff", "format", "--check", "."],
        "mypy": [BIN / "mypy", "--strict"],
        "lint-imports": [BIN / "lint-imports"],
        "run": [sys.executable, ROOT / "dev.py", "run", "scenarios/beer_game.yaml", "--force"],
    }
    for name, step in steps.items():
        print(f"--- {name}", flush=True)
        if call(step, folder=ROOT) != 0:
            failed.append(name)
    print(f"failed: {', '.join(failed)}" if failed else "everything passes", file=sys.stderr)
    return 1 if failed else 0


def docs(arguments: list[str]) -> int:
    """Write the pages that are generated from the code, and build the site; what Sphinx warns of is an error."""
    install(group="docs")
    site = ROOT / "build" / "docs"
    steps: list[list[str | Path]] = [
        [PYTHON, ROOT / "scripts" / "references.py"],
        [PYTHON, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going", *arguments, ROOT / "docs", site],
    ]
    for step in steps:
        if (code := call(step, folder=ROOT)) != 0:
            return code
    print(site / "index.html")
    return 0


def call(command: list[str | Path], folder: Path | None = None) -> int:
    """Run a command to its end and give its exit code; what interrupts this program reaches the command as well.

    Python keeps what it compiles, for the many processes of the tests.
    """
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen([str(part) for part in command], cwd=folder, env=compiled)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def install(extra: str | None = None, group: str | None = None) -> None:
    """Install scmsim in the virtual environment, once for every state of pyproject.toml."""
    wanted = ["-e", f"{ROOT}[{extra}]" if extra else str(ROOT)]
    if group:
        wanted += tomllib.loads(PROJECT.read_text(encoding="utf-8"))["dependency-groups"][group]
    marks = VENV / ".scmsim"
    mark = marks / hashlib.sha256(PROJECT.read_bytes() + repr([sys.version, wanted]).encode()).hexdigest()
    if mark.exists() and PYTHON.exists():
        return
    print(f"Setting up {VENV} (once) ...", file=sys.stderr, flush=True)
    installer = make_environment()
    if call([*installer, *wanted]) != 0:
        sys.exit("The packages that scmsim needs could not be installed; the messages above say why.")
    marks.mkdir(exist_ok=True)
    mark.touch()


def make_environment() -> list[str | Path]:
    """Make the virtual environment unless it is there, and give the command that installs into it."""
    quiet = ["install", "--quiet", "--disable-pip-version-check"]
    uv = shutil.which("uv")
    if uv:
        if not PYTHON.exists() and call([uv, "venv", "--quiet", "--python", sys.executable, VENV]) != 0:
            sys.exit(NO_VENV)
        return [uv, "pip", "install", "--quiet", "--python", PYTHON]
    if importlib.util.find_spec("ensurepip"):
        if not has_pip() and call([sys.executable, "-m", "venv", "--clear", VENV]) != 0:
            sys.exit(NO_VENV)
        return [PYTHON, "-m", "pip", *quiet]
    if importlib.util.find_spec("pip") is None:
        sys.exit(NO_VENV)
    if not PYTHON.exists() and call([sys.executable, "-m", "venv", "--without-pip", VENV]) != 0:
        sys.exit(NO_VENV)
    return [sys.executable, "-m", "pip", "--python", PYTHON, *quiet]


def has_pip() -> bool:
    """Whether the virtual environment is there, works, and can install packages."""
    return PYTHON.exists() and call([PYTHON, "-c", "import pip"]) == 0


if __name__ == "__main__":
    sys.exit(main())
