"""What a maintainer wants to know about new or changed case files, and the forms it is told in.

Lint, places and copied text are looked at here; meaning (near-duplicates, nearest cases, tags that
the text suggests) comes from ``indexer.review`` through a :class:`Reader`, since kb knows of no
index. Nothing of a reviewed file is executed; in Markdown everything it says is escaped.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from kb.casefile import case_of
from kb.draft import Draft, read_draft
from kb.errors import ReviewError
from kb.findings import Finding
from kb.gazetteer import same_name
from kb.lint import lint_paths
from kb.model import Case

MARK = "<!-- kb review -->"  # by which the comment on a pull request finds itself again

# Runs of so many characters (signs left out) are the same in two texts only if copied: of the 189
# cases no two share more than SHARED_BY_CHANCE of them (tests/kb/test_kb_review.py).
SHINGLE = 16
SHARED_BY_CHANCE = 0.05
_SIGNS = re.compile(r"[\W_]+")
FIGURE_CODES = frozenset({"figure-without-source", "number-without-footnote"})


@dataclass(frozen=True)
class Near:
    """A case that is near: ``score`` is 1 where all but 2% of distinct cases are farther apart."""

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
class Meaning:
    """What an index says of a case."""

    duplicates: list[Near] = field(default_factory=list)
    nearest: list[Near] = field(default_factory=list)
    tags: list[Tags] = field(default_factory=list)


class Reader(Protocol):
    """Who can say what a case means: ``indexer.review.CaseReader``."""

    def read(self, case: Case) -> Meaning:
        """The case beside the rest of the casebook; itself, if it is there, left out."""


@dataclass(frozen=True)
class Copied:
    """A case whose text stands in the reviewed one too: share of it, and the beginning."""

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
    paths: Sequence[Path], cases_dir: Path, cases: Iterable[Case], reader: Reader | None
) -> list[FileReview]:
    """Review files against the casebook's cases; a broken file gets its findings alone."""
    book = list(cases)
    findings = lint_paths(paths, cases_dir=cases_dir)
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
                copied=copied_from(draft.body, others),
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
    plain = _plain(body)
    own = _shingles(plain)
    if not own:
        return []
    found = []
    for case in cases:
        shared = own & _shingles(_plain(case.body))
        share = len(shared) / len(own)
        if share > SHARED_BY_CHANCE:
            begin = min(plain.index(piece) for piece in shared)
            found.append(Copied(case.id, round(share, 3), plain[begin : begin + 40]))
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


def to_json(reviews: Sequence[FileReview]) -> str:
    """Everything, as JSON."""
    return json.dumps([_document(review) for review in reviews], ensure_ascii=False, indent=2)


def _document(review: FileReview) -> dict[str, Any]:
    return {
        "file": review.file,
        "id": review.id,
        "title": review.title,
        "findings": [finding.to_dict() for finding in review.findings],
        "figures_without_source": len(review.figures_without_source),
        "same_place": [asdict(near) for near in review.same_place],
        "copied": [asdict(copied) for copied in review.copied],
        "meaning": None if review.meaning is None else asdict(review.meaning),
    }


def to_text(reviews: Sequence[FileReview], lang: str) -> str:
    """For a terminal."""
    return "\n\n".join("\n".join(_lines(review, lang)) for review in reviews)


def _lines(review: FileReview, lang: str) -> list[str]:
    lines = [review.file]
    lines += [f"  {line}" for f in review.findings for line in f.to_text(lang).split("\n")]
    for heading, rows in _parts(review):
        lines.append(f"  {heading}: {'—' if not rows else ''}".rstrip())
        lines += [f"    {row}" for row in rows]
    return lines


def to_markdown(reviews: Sequence[FileReview], lang: str) -> str:
    """For the one comment on a pull request; begins with :data:`MARK`."""
    parts = [MARK, "## kb review"]
    if not reviews:
        parts.append("No case file was added or changed.")
    for review in reviews:
        parts.append(f"### {_safe(review.id or review.file)}\n\n{_safe(review.title or '')}")
        if review.findings:
            rows = [
                f"| {f.line} | {f.severity} | {_safe(f.code)} | {_safe(f.message.get(lang))} "
                f"| {_safe(f.remedy.get(lang))} |"
                for f in review.findings
            ]
            parts.append("\n".join(["| line | | code | what | remedy |", "|-|-|-|-|-|", *rows]))
        for heading, lines in _parts(review):
            listed = "".join(f"\n- {_safe(line)}" for line in lines) or " —"
            parts.append(f"**{heading}**{listed}")
    return "\n\n".join(parts) + "\n"


def _parts(review: FileReview) -> list[tuple[str, list[str]]]:
    errors = sum(finding.severity == "error" for finding in review.findings)
    parts = [
        ("lint", [f"{errors} errors, {len(review.findings) - errors} warnings"]),
        (
            "figures without a source",
            [f"line {f.line}" for f in review.figures_without_source],
        ),
        ("cases of the same place", [f"{n.id}  {n.title}" for n in review.same_place]),
        (
            "text that other cases have too",
            [f"{c.id}  {c.share:.0%}  {c.sample}…" for c in review.copied],
        ),
    ]
    if review.meaning is None:
        return [*parts, ("meaning", ["not looked at: no index, or not yet a valid case"])]
    meaning = review.meaning
    return [
        *parts,
        (
            "possible duplicates by meaning",
            [f"{n.id}  {n.title}  ({n.score:.2f})" for n in meaning.duplicates],
        ),
        ("nearest cases", [f"{n.id}  {n.title}  ({n.score:.2f})" for n in meaning.nearest]),
        ("tags", [_tags_line(tags) for tags in meaning.tags if tags.suggested or tags.doubtful]),
    ]


def _tags_line(tags: Tags) -> str:
    line = f"{tags.facet}: given {', '.join(tags.given) or '—'}"
    if tags.suggested:
        line += f"; the text also suggests {', '.join(tags.suggested)}"
    if tags.doubtful:
        line += f"; little in the text speaks for {', '.join(tags.doubtful)}"
    return line


def _safe(text: str) -> str:
    """A text of the file under review: no markup, no mention, no line end."""
    escaped = html.escape(" ".join(text.split()), quote=False)
    escaped = re.sub(r"([\\`*_\[\]()|#~!])", r"\\\1", escaped)
    return escaped.replace("@", "&#64;").replace("://", "&#58;//")
