"""A case file as far as somebody has said it: where it belongs, what lint tells at which field, and
the case that it is so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from kb.draft import Draft
from kb.findings import Finding
from kb.gazetteer import Location
from kb.integrity import TODO as TODO_MARK
from kb.model import Case, Localised
from kb.schema import validate
from kb.taxonomy import taxonomy

# More of a text than this is not read for its meaning: reading takes a second for 1,000 characters.
MAX_READ = {"summary": 600, "body": 6_000}
# A source that is not cited yet is no mistake while one writes.
GAPS = frozenset({"todo-left", "source-never-cited"})


@dataclass(frozen=True)
class Told:
    """A finding and the field of the form that it is told at ("" for the file as a whole)."""

    field: str
    finding: Finding

    @property
    def is_gap(self) -> bool:
        """Whether something is still to be done, rather than to be mended."""
        return self.finding.code in GAPS


@dataclass(frozen=True)
class Assembled:
    """A case file as far as a form (or a text) says it, with what is known beside it."""

    identity: str
    path: Path  # where it belongs in the repository
    text: str
    draft: Draft
    told: list[Told]
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)  # filled in where left empty
    location: Location | None = None  # the same
    similar: Sequence[Case] = ()  # cases of the same place or name

    @property
    def mistakes(self) -> list[Told]:
        """What has to be mended (or, of warnings, may be)."""
        return [told for told in self.told if not told.is_gap]

    @property
    def gaps(self) -> list[Told]:
        """What is still to be written."""
        return [told for told in self.told if told.is_gap]

    @property
    def is_clean(self) -> bool:
        """Whether lint finds nothing that keeps the file out."""
        return not any(told.finding.severity == "error" for told in self.told)

    def at(self, name: str) -> list[Told]:
        """What is told at one field."""
        return [told for told in self.told if told.field == name]

    @cached_property
    def case(self) -> Case | None:
        """The case so far, if the model takes it; gaps in it read TODO."""
        return validate(self.draft)[0]

    @cached_property
    def readable(self) -> Case | None:
        """The case so far without its gaps, for comparing it with others; None while there is too
        little to compare: neither a summary nor a section."""
        case = self.case
        if case is None:
            return None
        summary = _written(case.summary)
        body = "" if TODO_MARK.search(case.body) else case.body
        if summary is None and not body:
            return None
        title = _written(case.title) or case.title
        drivers = {
            d: "" if TODO_MARK.search(why) else why
            for d, why in case.drivers.items()
            if d in taxonomy().drivers
        }
        kept = {
            "title": title,
            "summary": summary or title,
            "drivers": drivers,
            "body": body[: MAX_READ["body"]],
        }
        return case.model_copy(update=kept)


def _written(texts: Localised) -> Localised | None:
    """The texts that are written, with one of them as the text in zh-Hant; None if none is."""
    most = MAX_READ["summary"]
    said = {lang: text[:most] for lang, text in texts.items() if not TODO_MARK.search(text)}
    if not said:
        return None
    first = said.get("zh-Hant") or next(iter(said.values()))
    return Localised.model_construct(zh_hant=first, ja=said.get("ja"), en=said.get("en"))
