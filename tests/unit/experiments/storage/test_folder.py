"""What may be written where."""

import json
from pathlib import Path

import pytest

from scmsim.errors import ScmsimError, UsageError
from scmsim.experiments.storage.folder import check_target, read_manifest, written_whole

RUN = {"scmsim_run": 1, "scenario": "beer-game", "sha256": "0a", "seed": 1, "replications": 1, "files": ["kpis.csv"]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that holds a run."""
    monkeypatch.chdir(tmp_path)
    folder = Path("run")
    store(folder, "figures")
    return folder


def store(folder: Path, content: str) -> None:
    """Write a small run."""
    with written_whole(folder) as new:
        (new / "kpis.csv").write_text(content)
        (new / "manifest.json").write_text(json.dumps(RUN))


def test_new_and_empty_folders_are_fine(tmp_path: Path) -> None:
    """Tests that a folder that does not exist, or is empty, may be written to."""
    check_target(tmp_path / "a" / "b", RUN)
    check_target(tmp_path, RUN)


def test_the_same_run_may_be_repeated(folder: Path) -> None:
    """Tests that a run may be written over itself, whatever versions computed it."""
    check_target(folder, {**RUN, "versions": {"numpy": "99"}})


@pytest.mark.parametrize("change", [{"sha256": "0b"}, {"seed": 2}, {"replications": 5}, {"scenario": "other"}], ids=str)
def test_another_run_is_kept(folder: Path, change: dict[str, object]) -> None:
    """Tests that another run is not replaced, unless by force."""
    with pytest.raises(
        UsageError, match=r"run holds another run.*\(beer-game, seed 1, 1 replication\).*or replace it \(force\)"
    ):
        check_target(folder, {**RUN, **change})
    check_target(folder, {**RUN, **change}, force=True)


@pytest.mark.parametrize("force", [False, True])
def test_other_things_are_never_replaced(tmp_path: Path, force: bool) -> None:
    """Tests that a folder of something else is refused, also by force."""
    (tmp_path / "thesis.txt").write_text("chapter 1")
    with pytest.raises(UsageError, match="is not empty and holds no run of scmsim"):
        check_target(tmp_path, RUN, force=force)


@pytest.mark.parametrize("force", [False, True])
def test_notes_beside_a_run_are_kept(folder: Path, force: bool) -> None:
    """Tests that a file that somebody put beside a run keeps the run from being replaced."""
    (folder / "notes.txt").write_text("look at week 9")
    with pytest.raises(UsageError, match=r"also holds notes\.txt, which is not part of the run"):
        check_target(folder, RUN, force=force)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """Tests that a file in the place of the folder is refused."""
    (tmp_path / "out").write_text("")
    with pytest.raises(UsageError, match="out is a file; a run is written to a folder"):
        check_target(tmp_path / "out", RUN)


def test_the_current_folder_is_not_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the folder one stands in is not swapped away."""
    monkeypatch.chdir(folder)
    with pytest.raises(UsageError, match="is the current folder or one around it"):
        check_target(Path(), RUN)


def test_a_place_inside_a_file_cannot_be_made(tmp_path: Path) -> None:
    """Tests that a folder that cannot exist is refused before the run."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be made"):
        check_target(tmp_path / "file" / "out", RUN)


def test_a_run_is_replaced_whole(folder: Path) -> None:
    """Tests that what was there is replaced, and that nothing is left beside it."""
    store(folder, "new figures")
    assert (folder / "kpis.csv").read_text() == "new figures"
    assert [path.name for path in Path().iterdir()] == ["run"]


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), KeyboardInterrupt(), ZeroDivisionError()], ids=repr
)
def test_nothing_is_half_written(folder: Path, error: BaseException) -> None:
    """Tests that a run whose writing fails leaves the old one whole, and nothing beside it."""
    expected = ScmsimError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected) as failure, written_whole(folder) as new:  # noqa: PT012
        (new / "kpis.csv").write_text("half")
        raise error
    if isinstance(error, OSError):
        assert str(failure.value) == "The run could not be written to run: No space left on device"
    assert (folder / "kpis.csv").read_text() == "figures"
    assert [path.name for path in Path().iterdir()] == ["run"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is not a stored run: it has no manifest.json"),
        ("{", r"manifest\.json cannot be read: expected JSON, broken at line 1, column 2"),
        ("[" * 100_000, r"manifest\.json cannot be read: expected JSON"),
        (json.dumps({**RUN, "seed": "x"}), r'manifest\.json: seed: found "x"; expected a whole number'),
        (json.dumps({**RUN, "files": None}), r"manifest\.json: files: found nothing; expected a list of file names"),
        ("[]", "is not the manifest of a run of scmsim"),
        ('{"name": "x"}', "is not the manifest of a run of scmsim"),
        ('{"scmsim_run": 2}', "was written in format 2; this version reads format 1"),
    ],
)
def test_other_folders_are_not_read(tmp_path: Path, content: str | None, said: str) -> None:
    """Tests that a folder without a manifest that can be read is refused with the reason."""
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(UsageError, match=said):
        read_manifest(tmp_path)
