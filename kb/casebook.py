"""The casebook: every case file of a folder, read together.

Broken files are never skipped in silence: either the whole casebook is refused with all findings,
or, if asked, the good cases are returned along with the findings of the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kb.casefile import CaseFile, case_of, in_order, read_case_file
from kb.draft import Draft, read_draft
from kb.errors import CasebookError, UnknownCase
from kb.findings import Finding
from kb.model import Case
from kb.schema import closest, suggestion


@dataclass(frozen=True)
class Casebook:
    """Cases and their files by id, in order of id; ``findings`` of files left out or advised."""

    cases: dict[str, Case]
    files: dict[str, CaseFile]
    findings: list[Finding] = field(default_factory=list)


def case_paths(cases_dir: Path) -> list[Path]:
    """Every Markdown file under a folder, in order of name; README files are not cases."""
    return sorted(
        path
        for path in cases_dir.rglob("*.md")
        if path.stem.upper() != "README" and not path.name.startswith(".")
    )


def find_case_file(cases_dir: Path, case_id: str) -> CaseFile:
    """The file of the case of that id or former id.

    Raises :class:`UnknownCase`, or :class:`CaseFileError` if the file is broken.
    """
    paths = case_paths(cases_dir)
    for path in paths:
        if path.stem == case_id:
            return read_case_file(path)
    for path in paths:
        if case_id in _aliases(read_draft(path)):
            return read_case_file(path)
    raise UnknownCase(case_id)


def load_casebook(cases_dir: Path, *, skip_broken: bool = False) -> Casebook:
    """Read every case under a folder.

    Raises :class:`CasebookError` with every error found if any file is broken, or if the folder
    does not exist; with ``skip_broken`` only the latter.
    """
    if not cases_dir.is_dir():
        raise CasebookError(cases_dir, read_draft(cases_dir).findings)
    drafts: list[Draft] = []
    files: dict[str, CaseFile] = {}
    findings: list[Finding] = []
    for path in case_paths(cases_dir):
        draft = read_draft(path)
        drafts.append(draft)
        file, found = case_of(draft)
        findings += found
        if file is not None:
            files[str(path)] = file
    clashes = identity_clashes(drafts)
    for finding in clashes:
        files.pop(finding.file, None)
    findings = in_order(findings + clashes)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors and not skip_broken:
        raise CasebookError(cases_dir, errors)
    by_id = dict(sorted((file.case.id, file) for file in files.values()))
    return Casebook({case_id: file.case for case_id, file in by_id.items()}, by_id, findings)


@dataclass(frozen=True)
class Shelf:
    """The whole cases of a folder, and every file's claim to an id and aliases: a draft, of which
    a case that was known already gives no more than that."""

    cases: list[Case] = field(default_factory=list)
    claims: list[Draft] = field(default_factory=list)


def read_shelf(cases_dir: Path, known: Mapping[str, Case] | None = None) -> Shelf:
    """Read a folder to compare something with it; broken files are left out of ``cases``.

    ``known`` are cases by the SHA-256 of their file: those need not be parsed, which is what
    takes the time.
    """
    shelf = Shelf()
    for path in case_paths(cases_dir) if cases_dir.is_dir() else []:
        try:
            data = path.read_bytes()
        except OSError:
            continue
        case = (known or {}).get(hashlib.sha256(data).hexdigest())
        if case is None:
            draft = read_draft(path, data)
            file, _ = case_of(draft)
            case = file.case if file else None
        else:
            claim = {"id": case.id, "aliases": case.aliases}
            draft = Draft(path, str(path), "", claim, {}, 0, 1, [])
        shelf.claims.append(draft)
        if case is not None:
            shelf.cases.append(case)
    return shelf


def identity_clashes(drafts: Iterable[Draft]) -> list[Finding]:
    """Ids and aliases that more than one file (or one file twice) lays claim to.

    The first claim stands and the later are errors: files named after their id come first, then
    the order given; ids come before aliases.
    """
    drafts = sorted(drafts, key=lambda draft: draft.text_at("id") != draft.path.stem)
    owners: dict[str, str] = {}
    findings = []
    for draft in drafts:
        case_id = draft.text_at("id")
        if case_id is None:
            continue
        if case_id in owners:
            other = owners[case_id]
            findings.append(draft.finding("duplicate-id", ("id",), value=case_id, other=other))
        owners.setdefault(case_id, draft.file)
    for draft in drafts:
        for index, alias in enumerate(_aliases(draft)):
            if not isinstance(alias, str):
                continue
            if alias in owners:
                findings.append(
                    draft.finding(
                        "duplicate-alias", ("aliases", index), value=alias, other=owners[alias]
                    )
                )
            owners.setdefault(alias, draft.file)
    return findings


def lost_references(draft: Draft, known: Collection[str]) -> list[Finding]:
    """What ``see_also`` of a draft names that is no id, or former id, of the casebook."""
    named = draft.get("see_also")
    findings = []
    for index, name in enumerate(named if isinstance(named, list) else []):
        if isinstance(name, str) and name not in known:
            hint = suggestion(closest(name, known))
            path = ("see_also", index)
            findings.append(draft.finding("unknown-case", path, value=name, hint=hint))
    return findings


def names_of(draft: Draft) -> list[str]:
    """The id and the former ids that a file lays claim to."""
    return [name for name in (draft.text_at("id"), *_aliases(draft)) if isinstance(name, str)]


def _aliases(draft: Draft) -> list[object]:
    aliases = draft.get("aliases")
    return aliases if isinstance(aliases, list) else []
