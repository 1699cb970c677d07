"""Everything that ``kb`` raises, in one place.

::

    KbError
    ├── TaxonomyError        taxonomy.yaml is not what the code expects
    ├── CaseFileError        one case file cannot be read; carries its findings
    ├── CasebookError        at least one file of a folder is broken; carries all findings
    ├── ConfigurationError   kb.toml or a KB_* variable makes no sense
    ├── EditError            a value cannot be edited in place
    ├── FormatError          a case file cannot be put into canonical form
    ├── ReviewError          what to review cannot be found out
    ├── FormError            a filled form is not one that a case can be made of
    └── CatalogueError       a catalogue file is missing, damaged or of another version
        └── UnknownCase      no case has that id or alias
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.findings import Finding


class KbError(Exception):
    """The root: whatever ``kb`` raises on purpose."""


class TaxonomyError(KbError):
    """``taxonomy.yaml`` is malformed or contradicts itself."""


class CaseFileError(KbError):
    """A case file has errors and cannot become a case; ``findings`` says which and where."""

    def __init__(self, path: Path, findings: Sequence[Finding]) -> None:
        self.path = path
        self.findings = list(findings)
        first = self.findings[0].to_text() if self.findings else str(path)
        more = f" (+{len(self.findings) - 1} more)" if len(self.findings) > 1 else ""
        super().__init__(first + more)


class CasebookError(KbError):
    """A folder of cases holds broken files; ``findings`` lists every error of every file."""

    def __init__(self, cases_dir: Path, findings: Sequence[Finding]) -> None:
        self.cases_dir = cases_dir
        self.findings = list(findings)
        files = len({finding.file for finding in self.findings})
        super().__init__(
            f"{cases_dir}: {files} broken case file(s); `kb lint {cases_dir}` lists why"
        )


class EditError(KbError):
    """The value to edit does not exist or has no plain form to be written in."""


class FormatError(KbError):
    """A case file cannot be rewritten without changing it; ``findings`` may say why."""

    def __init__(self, file: str, findings: Sequence[Finding]) -> None:
        self.file = file
        self.findings = list(findings)
        super().__init__(f"{file}: left as it is; `kb lint` says what to mend first")


class ReviewError(KbError):
    """The files to review cannot be found out, as when git does not know the commit."""


class FormError(KbError):
    """A filled form lacks what a case file cannot be begun without."""


class ConfigurationError(KbError):
    """A setting from the environment or ``kb.toml`` is not usable."""


class CatalogueError(KbError):
    """The catalogue file cannot be used."""


class UnknownCase(CatalogueError):  # noqa: N818 - what it says is its name
    """No case carries that id, now or as an alias."""

    def __init__(self, case_id: str) -> None:
        self.case_id = case_id
        super().__init__(f"no case {case_id!r}")
