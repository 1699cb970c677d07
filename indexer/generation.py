"""Generations: immutable folders, published by one atomic rename of a pointer.

::

    index_dir/
        CURRENT                 the name of the published generation
        lock                    held while one is being built
        generations/<name>/     manifest.json, the files it lists with their checksums, and
                                manifest.sha256 with its own
        generations/.building-… one under construction; swept away by the next build
        generations/.removed-…  one too old, being deleted; likewise

A reader opens what CURRENT names, checks every file against the manifest, and holds the open
generation for as long as it likes. ``kill -9`` at any instant leaves CURRENT naming a complete
generation: files and folder are synced before the rename, the rename is atomic. A damaged
generation is refused and the one published before it is opened instead.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from indexer.encoders import View
from indexer.errors import IndexBusy, IndexDamaged, IndexMissing

INDEX_SCHEMA = 1
KEPT = 3  # generations that stay on disk: the published one and what it can fall back on
BUILDING = ".building-"
REMOVED = ".removed-"
MANIFEST = "manifest.json"
SEAL = "manifest.sha256"  # the manifest's own checksum
NAME = "%Y%m%dT%H%M%S%fZ"  # the moment of building, in UTC: names sort by age
NAME_PATTERN = re.compile(r"\d{8}T\d{12}Z")


class Manifest(BaseModel):
    """What a generation is made of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = INDEX_SCHEMA
    generation: str
    built_at: dt.datetime
    encoder: str
    quality: Literal["fast", "full"]
    views: list[View]
    fingerprints: dict[str, str]
    cases: int
    passages: int
    duplicate_from: float | None = None  # see indexer.sameness
    case_hashes: dict[str, str] = {}
    files: dict[str, str] = {}


class Generations:
    """The generations in one folder."""

    def __init__(self, index_dir: Path) -> None:
        self.index_dir = index_dir
        self.folder = index_dir / "generations"
        self.pointer = index_dir / "CURRENT"

    def published(self) -> str:
        """What CURRENT says, sense or not; raises IndexMissing when there is none."""
        try:
            name = self.pointer.read_bytes().decode("utf-8", "replace").strip()
        except FileNotFoundError:
            raise IndexMissing(
                f"nothing is indexed in {self.index_dir} yet; run `kb index`"
            ) from None
        except OSError as error:
            raise IndexDamaged(
                f"{self.pointer} cannot be read ({error}); run `kb index`"
            ) from error
        return name

    def newest_first(self) -> list[str]:
        """Names to try in order: the published one, then those before it (all of them where
        CURRENT is damaged too and names none that is there)."""
        names = self._names()
        name = self.published()
        return [name, *(n for n in names if n < name or name not in names)]

    def verified(self, name: str) -> tuple[Path, Manifest]:
        """Folder and manifest of a generation whose every file is as it was published.

        Raises IndexDamaged naming the file that is not.
        """
        if name not in self._names():
            raise IndexDamaged(f"generation {name[:80]!r} does not exist in {self.folder}")
        folder = self.folder / name
        manifest = _read_manifest(folder)
        for file, expected in manifest.files.items():
            try:
                actual = checksum(folder / file)
            except OSError as error:
                raise IndexDamaged(f"generation {name}: {file} cannot be read ({error})") from error
            if actual != expected:
                raise IndexDamaged(f"generation {name}: {file} was altered or truncated")
        return folder, manifest

    def newest_whole(self) -> tuple[Path, Manifest] | None:
        """Folder and manifest of the newest generation that is as it was published, or None."""
        try:
            names = self.newest_first()
        except (IndexMissing, IndexDamaged):
            return None
        for name in names:
            with contextlib.suppress(IndexDamaged):
                return self.verified(name)
        return None

    @contextlib.contextmanager
    def building(self) -> Iterator[Path]:
        """A fresh folder to build in, under the lock; removed again unless published.

        Raises IndexBusy when another process builds here.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.index_dir / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise IndexBusy(f"another process is building {self.index_dir}") from None
            self._sweep()
            folder = self.folder / f"{BUILDING}{os.getpid()}-{secrets.token_hex(4)}"
            folder.mkdir()
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def new_name(self) -> str:
        """A name that sorts after every earlier one, even if the clock was set back."""
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        later = (_built(name) + dt.timedelta(microseconds=1) for name in self._names()[:1])
        return max([now, *later]).strftime(NAME)

    def _names(self) -> list[str]:
        """Names of the generations on disk, newest first."""
        found = (p.name for p in self.folder.glob("*") if NAME_PATTERN.fullmatch(p.name))
        return sorted(found, reverse=True)

    def publish(self, folder: Path, manifest: Manifest) -> None:
        """Make a built folder the published generation, then drop the oldest ones."""
        files = {p.name: checksum(p) for p in sorted(folder.iterdir())}
        complete = manifest.model_copy(update={"files": files})
        (folder / MANIFEST).write_text(complete.model_dump_json(indent=1), "utf-8")
        (folder / SEAL).write_text(checksum(folder / MANIFEST) + "\n", "utf-8")
        for path in folder.iterdir():
            _sync(path)
        _sync(folder)
        folder.rename(self.folder / manifest.generation)
        _sync(self.folder)
        pending = self.index_dir / f".CURRENT-{os.getpid()}"
        pending.write_text(manifest.generation + "\n", "utf-8")
        _sync(pending)
        pending.replace(self.pointer)
        _sync(self.index_dir)
        for old in self._names()[KEPT:]:  # out of sight first: none is ever seen half removed
            (self.folder / old).rename(self.folder / f"{REMOVED}{old}")
        self._sweep()

    def _sweep(self) -> None:
        """Delete what nobody reads: builds that were killed, and generations that are too old."""
        for prefix in (BUILDING, REMOVED):
            for left in self.folder.glob(f"{prefix}*"):
                shutil.rmtree(left, ignore_errors=True)


def _built(name: str) -> dt.datetime:
    """When the generation of that name was built, in UTC."""
    return dt.datetime.strptime(name, NAME)


def checksum(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_manifest(folder: Path) -> Manifest:
    for name in (MANIFEST, SEAL):
        if not (folder / name).is_file():
            raise IndexDamaged(f"generation {folder.name}: {name} is missing")
    try:
        written = (folder / MANIFEST).read_bytes()
        sealed = (folder / SEAL).read_bytes().strip()
        if hashlib.sha256(written).hexdigest().encode() != sealed:
            raise IndexDamaged(
                f"generation {folder.name}: {MANIFEST} or {SEAL} was altered or truncated"
            )
        manifest = Manifest.model_validate_json(written)
    except (OSError, ValidationError) as error:
        problem = str(error).splitlines()[0]
        raise IndexDamaged(f"generation {folder.name}: {MANIFEST}: {problem}") from error
    if manifest.schema_version != INDEX_SCHEMA:
        raise IndexDamaged(
            f"generation {folder.name} has index schema {manifest.schema_version}, this program "
            f"reads {INDEX_SCHEMA}; run `kb index`"
        )
    return manifest


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
