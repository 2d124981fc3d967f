"""One damaged file through the command line, watched: its exit code, its words, its time, the files it opens."""

import contextlib
import io
import os
import re
import resource
import signal
import sys
import time
import traceback
import warnings
import zoneinfo
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import typer.main

import scmsim
from scmsim.cli import guard
from scmsim.cli.main import app

CODES = {"validate": {0, 2, 3}, "run": {0, 2, 3, 4}}
"""The exit codes that are documented for what each command can meet here."""
LONGEST = 2.0
"""How many seconds of computing a command may take."""
STOPPED = -1
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
CODE = (".py", ".pyc", ".so", ".pyd")
"""What Python itself opens wherever it looks for modules."""
OPENS = ("open", "os.listdir", "os.scandir")
NEVER = (
    "os.system",
    "subprocess.Popen",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "socket.connect",
    "socket.getaddrinfo",
)


class Outcome(NamedTuple):
    """What a command did: exit code, seconds of computing, and what is wrong with it (nothing, if all is well)."""

    code: int
    seconds: float
    wrong: str = ""


class _TooLong(BaseException):
    """The command has computed for too long."""


class Watch:
    """A hook that notes every file that is opened outside a folder, and every program that is started.

    Parameters
    ----------
    inside : Path
        Where files may be read.

    An audit hook cannot be taken off again, so there is one, which is told when to look.
    """

    current: "Watch | None" = None
    installed = False

    def __init__(self, inside: Path) -> None:
        self.inside = os.path.realpath(inside)
        package = str(Path(scmsim.__file__).parent)
        self.known = _as_starts({sys.prefix, sys.base_prefix, sys.exec_prefix, package, *zoneinfo.TZPATH})
        self.searched = _as_starts(filter(None, sys.path))
        self.found: list[str] = []

    @contextlib.contextmanager
    def looking(self) -> Iterator[list[str]]:
        """Look while the block runs, and give what was found."""
        if not Watch.installed:
            sys.addaudithook(_hook)
            Watch.installed = True
        self.found, Watch.current = [], self
        try:
            yield self.found
        finally:
            Watch.current = None

    def note(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note an event that is not allowed."""
        if event in NEVER:
            self.found.append(f"{event} {arguments!r:.200}")
        elif event in OPENS and isinstance(arguments[0], str | bytes | os.PathLike):
            path = os.path.realpath(os.fsdecode(arguments[0]))
            imports = event != "open" or path.endswith(CODE)
            roots = (self.inside + os.sep, *self.known, *(self.searched if imports else ()))
            if not (path + os.sep).startswith(roots):
                self.found.append(f"{event} {path}")


def _as_starts(folders: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({os.path.realpath(folder).rstrip(os.sep) + os.sep for folder in folders}))


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    watch = Watch.current
    if watch is not None and (event in OPENS or event in NEVER):
        watch.note(event, arguments)


def limit_memory(more: int) -> None:
    """Let this process have so many bytes more than it has now, and no more, where that can be said."""
    if sys.platform != "linux":
        return
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + more
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def peak_memory() -> int:
    """Return the most bytes of memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


class Runner:
    """Runs commands in this process, in one folder.

    Parameters
    ----------
    folder : Path
        The folder of the scenarios, which is entered.
    longest : float
        Seconds of computing after which a command is stopped.
    """

    def __init__(self, folder: Path, longest: float = LONGEST) -> None:
        self.watch, self.longest = Watch(folder), longest
        self.command = typer.main.get_command(app)

    def __call__(self, *arguments: str) -> Outcome:
        """Run ``scmsim`` with arguments, and judge what it does; too slow is what is slow three times."""
        for _ in range(3):
            found = self._judged(arguments)
            if found.code != STOPPED and found.seconds <= self.longest:
                break
        return found

    def _judged(self, arguments: Sequence[str]) -> Outcome:
        crashes: list[str] = []
        with self.watch.looking() as strange, _noting(crashes):
            code, seconds, out, err = self._run(arguments)
        noted = crashes[0] if crashes else f"reached for {strange[0]}" if strange else ""
        return Outcome(code, seconds, noted or self._wrong(arguments[0], code, seconds, out + err))

    def _run(self, arguments: Sequence[str]) -> tuple[int, float, str, str]:
        out, err = io.StringIO(), io.StringIO()
        begun = time.process_time()
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), _at_most(self.longest):
                self.command.main(args=list(arguments), prog_name="scmsim")
            code = 0
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 1
        except _TooLong:
            code = STOPPED
            err.write(f"stopped after {self.longest:g} s in {_place(traceback.format_exc())}")
        except BaseException:  # noqa: B036
            code = -2
            err.write(traceback.format_exc())
        return code, time.process_time() - begun, out.getvalue(), err.getvalue()

    def _wrong(self, command: str, code: int, seconds: float, said: str) -> str:
        if code == STOPPED:
            return said[-500:]
        if code not in CODES[command] or "Traceback" in said:
            return f"exit code {code}: {said[-1500:]}"
        if code and not said.strip():
            return f"exit code {code} without a word"
        raw = RAW.search(said)
        if raw:
            return (
                f"the control character U+{ord(raw[0]):04X} on the terminal: {said[max(0, raw.start() - 80) :][:160]!r}"
            )
        return f"{seconds:.1f} s" if seconds > self.longest else ""


@contextlib.contextmanager
def _noting(crashes: list[str]) -> Iterator[None]:
    """Note every exception that nobody expected, also where the command line only says that there was one."""
    said: Callable[[Exception], None] = guard._unexpected

    def noted(error: Exception) -> None:
        crashes.append("".join(traceback.format_exception(error))[-3000:])
        said(error)

    guard._unexpected = noted
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield
    finally:
        guard._unexpected = said


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Stop what has computed for longer, other processes on the machine not counted."""

    def stop(*_: object) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _place(text: str) -> str:
    return " ".join(re.findall(r'scmsim/([\w/]+\.py", line \d+)', text)[-3:])
