"""What a maintainer wants to know about new or changed case files.

Lint, places and copied text are looked at here; meaning (near-duplicates, nearest cases, tags that
the text suggests, questions that it answers) comes from ``indexer.review`` through a
:class:`Reader`, since kb knows of no index. Nothing of a reviewed file is executed.
"""

from __future__ import annotations

import re
import subprocess
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kb.casebook import Shelf
from kb.casefile import case_of
from kb.draft import Draft, read_draft
from kb.errors import ReviewError
from kb.findings import Finding
from kb.gazetteer import same_name
from kb.lint import lint_paths
from kb.model import Case

# Runs of so many characters (signs left out) are the same in two texts only if copied: of the 189
# cases no two share more than SHARED_BY_CHANCE of them (tests/kb/test_kb_review.py).
SHINGLE = 16
SHARED_BY_CHANCE = 0.05
_SIGNS = re.compile(r"[\W_]+")
FIGURE_CODES = frozenset({"figure-without-source", "number-without-footnote"})


@dataclass(frozen=True)
class Near:
    """A case that is near: ``score`` is 1 where all but 1% of distinct cases are farther apart."""

    id: str
    title: str
    score: float


@dataclass(frozen=True)
class Tags:
    """Of one facet: what was given, what the text suggests beside it, what it does not bear out."""

    facet: str
    given: list[str]
    suggested: list[str]
    doubtful: list[str]


@dataclass(frozen=True)
class FirstFor:
    """A question that a case is now the first answer to, and the case that was before."""

    question: str
    before: str


@dataclass(frozen=True)
class Meaning:
    """What an index says of a case."""

    duplicates: list[Near] = field(default_factory=list)
    nearest: list[Near] = field(default_factory=list)
    tags: list[Tags] = field(default_factory=list)
    first_for: list[FirstFor] = field(default_factory=list)


class Reader(Protocol):
    """Who can say what a case means: ``indexer.review.CaseReader``."""

    def read(self, case: Case) -> Meaning:
        """The case beside the rest of the casebook; itself, if it is there, left out."""


@dataclass(frozen=True)
class Copied:
    """A case, or the text of a source, that stands in the reviewed one too: its id or name, the
    share of the reviewed text, and the beginning."""

    id: str
    share: float
    sample: str


@dataclass(frozen=True)
class FileReview:
    """What there is to say of one file. ``meaning`` is None without an index or a case."""

    file: str
    id: str | None
    title: str | None
    findings: list[Finding]
    same_place: list[Near]
    copied: list[Copied]
    meaning: Meaning | None

    @property
    def figures_without_source(self) -> list[Finding]:
        """Figures that no source stands behind."""
        return [finding for finding in self.findings if finding.code in FIGURE_CODES]


def review_files(
    paths: Sequence[Path],
    shelf: Shelf,
    reader: Reader | None,
    texts: Mapping[str, str] | None = None,
) -> list[FileReview]:
    """Review files against the casebook; a broken file gets its findings alone.

    ``texts`` are texts of sources by name, which the files might have been copied from.
    """
    book = shelf.cases
    findings = lint_paths(paths, claims=shelf.claims)
    reviews = []
    for path in paths:
        draft = read_draft(path)
        case = _case_beside_prose(draft)
        others = [c for c in book if case is None or c.id != case.id]
        reviews.append(
            FileReview(
                file=str(path),
                id=draft.text_at("id"),
                title=draft.text_at("title", "zh-Hant"),
                findings=[finding for finding in findings if finding.file == str(path)],
                same_place=[] if case is None else _same_place(case, others),
                copied=[*copied_from(draft.body, others), *copied_texts(draft.body, texts or {})],
                meaning=None if case is None or reader is None else reader.read(case),
            )
        )
    return reviews


def _case_beside_prose(draft: Draft) -> Case | None:
    file, _ = case_of(draft)
    return None if file is None else file.case


def share_place(case: Case, other: Case) -> bool:
    """Whether two cases have a municipality in common."""
    return case.place.country == other.place.country and any(
        same_name(one, two)
        for one in case.place.municipalities
        for two in other.place.municipalities
    )


def _same_place(case: Case, others: Iterable[Case]) -> list[Near]:
    found = [other for other in others if share_place(case, other)]
    return [Near(other.id, other.title.zh_hant, 1.0) for other in found]


def copied_from(body: str, cases: Iterable[Case]) -> list[Copied]:
    """Cases that a good part of a body also stands in, most first."""
    return copied_texts(body, {case.id: case.body for case in cases})


def copied_texts(body: str, texts: Mapping[str, str]) -> list[Copied]:
    """Texts, by name, that a good part of a body also stands in, most first."""
    plain = _plain(body)
    own = _shingles(plain)
    if not own:
        return []
    found = []
    for name, text in texts.items():
        shared = own & _shingles(_plain(text))
        share = len(shared) / len(own)
        if share > SHARED_BY_CHANCE:
            begin = min(plain.index(piece) for piece in shared)
            found.append(Copied(name, round(share, 3), plain[begin : begin + 40]))
    return sorted(found, key=lambda copied: -copied.share)


def _plain(body: str) -> str:
    text = re.sub(r"\[\^[^\]]*\]|^#+ .*$", "", body, flags=re.MULTILINE)
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _shingles(plain: str) -> set[str]:
    return {plain[i : i + SHINGLE] for i in range(len(plain) - SHINGLE + 1)}


def changed_since(base: str, cases_dir: Path) -> list[Path]:
    """Case files added or changed since a commit, by git; raises :class:`ReviewError`."""
    if base.startswith("-"):
        raise ReviewError(f"{base!r} is no commit")
    command = ["git", "-C", str(cases_dir), "diff", "--name-only", "-z", "--diff-filter=d"]
    command += ["--relative", base, "--", "."]
    try:
        done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603
    except FileNotFoundError as error:
        raise ReviewError("--diff needs git, which is not installed") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ReviewError(f"git diff {base}: {said[0] if said else 'failed'}") from error
    names = [name for name in done.stdout.decode("utf-8", "replace").split("\0") if name]
    paths = [cases_dir / name for name in names if name.endswith(".md")]
    return [path for path in paths if path.stem.upper() != "README"]
