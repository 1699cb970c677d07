"""Lint: every rule over case files, whatever bytes they hold.

Reading, the model, the rules of integrity and the rules of prose each report what they see; a file
too broken for one does not stop the others. Nothing here raises on the content of a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kb.casebook import case_paths, identity_clashes, lost_references, names_of
from kb.casefile import in_order, write_bytes
from kb.draft import Draft, read_draft
from kb.findings import Finding, make_finding
from kb.formatting import mend_text
from kb.integrity import INTEGRITY_RULES, run_rules
from kb.prose import PROSE_RULES
from kb.rawtext import decode
from kb.schema import validate


def lint_draft(draft: Draft) -> list[Finding]:
    """Everything wrong with one draft, in order of place."""
    _, model_findings = validate(draft)
    rule_findings = run_rules(INTEGRITY_RULES + PROSE_RULES, draft)
    return in_order([*draft.findings, *model_findings, *rule_findings])


def lint_bytes(path: Path, data: bytes) -> list[Finding]:
    """Everything wrong with a file's content under a name, without touching the disk."""
    return lint_draft(read_draft(path, data))


def files_of(paths: Iterable[Path]) -> list[Path]:
    """Files named, and the case files of folders named, each once."""
    found = [file for path in paths for file in (case_paths(path) if path.is_dir() else [path])]
    return list({file.resolve(): file for file in found}.values())


def mend_paths(paths: Iterable[Path]) -> list[Path]:
    """Mend what cannot change a meaning (see :func:`kb.formatting.mend_text`); which files were."""
    mended = []
    for file in files_of(paths):
        data = file.read_bytes()
        text, _ = decode(data, str(file))
        after = data if text is None else mend_text(text).encode("utf-8")
        if after != data:
            write_bytes(file, after)
            mended.append(file)
    return mended


def lint_paths(
    paths: Iterable[Path],
    *,
    cases_dir: Path | None = None,
    claims: Iterable[Draft] | None = None,
) -> list[Finding]:
    """Everything wrong with some files and folders of files, in order of file and place.

    Ids and aliases are compared among them and, if ``cases_dir`` is given, with the rest of the
    casebook (or with ``claims``, if that has been read already). A folder that holds no case file
    is itself a finding.
    """
    findings: list[Finding] = []
    drafts: dict[Path, Draft] = {}
    for path in paths:
        files = case_paths(path) if path.is_dir() else [path]
        if not files:
            problem = "no case files"
            findings.append(make_finding("file-unreadable", str(path), 1, 1, problem=problem))
        for file in files:
            drafts.setdefault(file.resolve(), read_draft(file))
    for draft in drafts.values():
        findings += lint_draft(draft)
    return in_order(findings + _clashes(drafts, cases_dir, claims))


def _clashes(
    drafts: dict[Path, Draft], cases_dir: Path | None, claims: Iterable[Draft] | None
) -> list[Finding]:
    """Clashes reported on the files under lint, whichever file came first, and cases that they
    name and nobody has (told only where the whole casebook is known)."""
    others: list[Draft] = []
    if claims is not None:
        others = [draft for draft in claims if draft.path.resolve() not in drafts]
    elif cases_dir is not None and cases_dir.is_dir():
        others = [read_draft(p) for p in case_paths(cases_dir) if p.resolve() not in drafts]
    linted = {draft.file for draft in drafts.values()}
    claiming = [*others, *drafts.values()]
    clashes = [finding for finding in identity_clashes(claiming) if finding.file in linted]
    if claims is None and cases_dir is None:
        return clashes
    known = {name for draft in claiming for name in names_of(draft)}
    return clashes + [f for draft in drafts.values() for f in lost_references(draft, known)]
