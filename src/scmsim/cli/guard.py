"""The edge of the program: every error becomes a sentence on stderr and an exit code."""

import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper

import typer

from scmsim.errors import Problem, ScenarioError, ScmsimError
from scmsim.words import counted, plain

DEBUG = "SCMSIM_DEBUG"
FAILED, INTERRUPTED, TERMINATED = 4, 130, 143
ISSUES = "the project's issue tracker"


def use_utf8() -> None:
    """Write UTF-8 with plain line ends whatever the console's own encoding."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def use_plain_warnings() -> None:
    """Have warnings of libraries, and of plug-ins that are left out, told in a line like all others."""
    warnings.formatwarning = lambda message, *_: f"Warning: {message}\n"


def say(text: str) -> None:
    """Talk to the user, on stderr."""
    with suppress(BrokenPipeError):
        print(plain(text, lines=True), file=sys.stderr, flush=True)


def note(texts: Iterable[str]) -> None:
    """Tell the user how something was understood that may be meant otherwise, one line each."""
    for text in texts:
        say(f"Note: {text}")


def warn(problems: Iterable[Problem]) -> None:
    """Tell the user what of a scenario is hardly meant, one line each."""
    for warning in problems:
        say(f"Warning: {warning}")


class Terminated(KeyboardInterrupt):
    """The program was asked to end by another one, as by ``kill``, a job queue or a machine that shuts down."""


@contextmanager
def _terminable() -> Iterator[None]:
    """Treat SIGTERM like Ctrl-C, so that what was finished is kept and told of; a second one ends at once."""

    def end(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        raise Terminated

    if threading.current_thread() is not threading.main_thread():  # only that one may say what a signal does
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def exit_code(interruption: KeyboardInterrupt) -> int:
    """Return the code with which shells know an interrupted program."""
    return TERMINATED if isinstance(interruption, Terminated) else INTERRUPTED


def guarded(action: Callable[[], None]) -> None:
    """Do something, and leave the program with a clear word when it fails."""
    try:
        with _terminable():
            action()
        sys.stdout.flush()
    except ScenarioError as error:
        say(f"{error}\n{counted(len(error.problems), 'problem')}")
        raise typer.Exit(error.exit_code) from None
    except ScmsimError as error:
        _show_traceback()
        say(f"Error: {error}")
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt as interruption:
        say("Interrupted")
        raise typer.Exit(exit_code(interruption)) from None
    except BrokenPipeError:
        _close_stdout()
    except typer.Exit:
        raise
    except Exception as error:
        _unexpected(error)


def _unexpected(error: Exception) -> None:
    _show_traceback()
    said = " ".join(str(error).split())
    say(
        f"Error: this should not have happened ({type(error).__name__}: {said}). "
        f"Please report it with the scenario and the output of the same command under {DEBUG}=1 to {ISSUES}"
    )
    raise typer.Exit(FAILED) from None


def _show_traceback() -> None:
    if os.environ.get(DEBUG):
        traceback.print_exc()


def _close_stdout() -> None:
    """Stop writing to a reader that has gone, also when Python flushes at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError, ValueError):
        os.dup2(nowhere, sys.stdout.fileno())
