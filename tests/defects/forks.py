"""Runs one test after the other, each on a package of its own, in forks of a process that has imported the rest.

Reads lines of JSON on stdin: the folder that the package is taken from, the test, and the file for what pytest prints.
Answers each with pytest's exit code. Where a process cannot fork, each test gets a new one.
"""

import importlib
import json
import os
import subprocess
import sys
import traceback

PREPARED = ("numpy", "pandas", "plotly.graph_objects", "pydantic", "pytest", "scipy.stats", "simpy", "yaml")
OPTIONS = (
    "-q",
    "-x",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "-p",
    "no:cov",
    "--hypothesis-profile",
    "planted",
)


def in_a_fork(source: str, test: str, output: str) -> int:
    """Run a test in a fork of this process."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 70
    try:
        told = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(told, 1)
        os.dup2(told, 2)
        sys.path.insert(0, source)
        os.environ["PYTHONPATH"] = source
        code = int(importlib.import_module("pytest").main([test, *OPTIONS]))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def in_a_process(source: str, test: str, output: str) -> int:
    """Run a test in a new process."""
    command = [sys.executable, "-m", "pytest", test, *OPTIONS]
    with open(output, "w", encoding="utf-8") as told:
        environment = os.environ | {"PYTHONPATH": source}
        return subprocess.run(command, env=environment, stdout=told, stderr=told, check=False).returncode


if __name__ == "__main__":
    run = in_a_process
    if hasattr(os, "fork"):
        run = in_a_fork
        for name in PREPARED:
            importlib.import_module(name)
    for line in sys.stdin:
        print(run(**json.loads(line)), flush=True)
