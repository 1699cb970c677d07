"""A new case file from a few answers: filled in where that is possible, TODO where it is not.

Lint names each TODO that is left and finds nothing else, so that "lint is clean" means "done".
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kb.casefile import to_flow
from kb.formatting import format_case_text
from kb.gazetteer import Location, japanese_name, plain_name, region_in_latin, same_name
from kb.model import LANGS, SCHEMA_VERSION, Case
from kb.taxonomy import taxonomy

TODO = "TODO"


@dataclass(frozen=True)
class SourceAnswer:
    """A source as far as it is known."""

    url: str | None = None
    title: str | None = None
    publisher: str | None = None
    kind: str | None = None
    lang: str | None = None
    year: int | None = None


@dataclass(frozen=True)
class Answers:
    """What somebody who knows a case says of it; whatever is None becomes a TODO or stays out."""

    country: str
    region: str
    municipality: str
    latin: str  # the place in Latin letters, for the id and for search
    subject: str  # a few English words, for the id
    titles: Mapping[str, str] = field(default_factory=dict)
    summaries: Mapping[str, str] = field(default_factory=dict)
    names: Sequence[str] = ()
    drivers: Mapping[str, str] = field(default_factory=dict)  # driver to reason ("" is a TODO)
    plan_category: str | None = None
    setting: str | None = None
    start: int | None = None
    sources: Sequence[SourceAnswer] = ()
    texts: Mapping[str, str] = field(default_factory=dict)  # section key to Markdown


def slug(text: str) -> str:
    """Lower-case letters, digits and hyphens: "Kami-katsu Zero Waste" as kami-katsu-zero-waste."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def case_id(answers: Answers) -> str:
    """``country-region-place-subject``."""
    known = region_in_latin(answers.country, answers.region)
    region = known or slug(re.sub(r"[-\s](prefecture|county|ken)$", "", answers.region.lower()))
    place = slug(re.sub(r"-(shi|cho|machi|son|mura|ku)$", "", answers.latin.strip().lower()))
    parts = [answers.country.lower(), region, place, slug(answers.subject)]
    return "-".join(part for part in parts if part)[:100].rstrip("-")


def similar_cases(answers: Answers, cases: Iterable[Case]) -> list[Case]:
    """Cases that may be this one: of the same municipality, or sharing a proper name with it."""
    given = {_folded(name) for name in (*answers.names, *answers.titles.values()) if name.strip()}
    found = []
    for case in cases:
        same_place = case.place.country == answers.country and any(
            same_name(name, answers.municipality) for name in case.place.municipalities
        )
        own = {_folded(name) for name in (*case.place.names.all(), case.title.zh_hant)}
        if same_place or given & own:
            found.append(case)
    return found


def _folded(name: str) -> str:
    return plain_name(name).casefold()


def new_case_text(
    answers: Answers, identity: str, location: Location | None, today: dt.date
) -> str:
    """The text of the case file, in canonical form."""
    front = {
        "schema": SCHEMA_VERSION,
        "id": identity,
        "title": _localised(answers.titles),
        "summary": _localised(answers.summaries),
        "place": _place(answers, location),
        **({"period": {"start": answers.start}} if answers.start else {}),
        "drivers": {key: reason or TODO for key, reason in answers.drivers.items()} or {TODO: TODO},
        "plan_category": answers.plan_category or TODO,
        "sources": [_source(f"s{n}", s) for n, s in enumerate(_sources(answers), start=1)],
        "updated": today,
    }
    head = "\n".join(f"{key}: {to_flow(value)}" for key, value in front.items())
    return format_case_text(f"---\n{head}\n---\n{_body(answers)}", identity)


def _localised(texts: Mapping[str, str]) -> dict[str, str]:
    return {lang: _one_line(texts.get(lang, "")) or TODO for lang in LANGS}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _place(answers: Answers, location: Location | None) -> dict[str, Any]:
    own = [answers.municipality, *answers.names]
    japanese = [japanese_name(name) for name in own if not name.isascii()]
    place: dict[str, Any] = {
        "country": answers.country,
        "region": answers.region,
        "municipalities": [answers.municipality],
        "names": {
            "ja": list(dict.fromkeys(japanese)),
            "en": list(dict.fromkeys([answers.latin, *filter(str.isascii, answers.names)])),
        },
        "setting": answers.setting or TODO,
    }
    if location is not None:
        place |= {"lat": location.lat, "lon": location.lon}
    return place


def _sources(answers: Answers) -> Sequence[SourceAnswer]:
    return answers.sources or [SourceAnswer()]


def _source(source_id: str, source: SourceAnswer) -> dict[str, Any]:
    optional = {
        "publisher": source.publisher,
        "url": source.url,
        "lang": source.lang,
        "year": source.year,
    }
    return {
        "id": source_id,
        "kind": source.kind or TODO,
        "title": source.title or TODO,
        **{key: value for key, value in optional.items() if value},
    }


def _body(answers: Answers) -> str:
    """The sections with what was said, else what belongs there; every source is cited once."""
    marks = "".join(f"[^s{n}]" for n, _ in enumerate(_sources(answers), start=1))
    parts: list[str] = []
    for key, term in taxonomy().sections.items():
        text = answers.texts.get(key, "").strip()
        hint = term.definition.zh_hant if term.definition else ""
        if not text:
            text = f"{TODO} {hint}" if not parts else f"- {TODO} {hint}"
        if not parts and not any(f"[^s{n}]" in text for n in range(1, len(_sources(answers)) + 1)):
            text = f"{text.rstrip()}\n\n{TODO} 註腳放到所屬的句子：{marks}"
        parts.append(f"## {term.label.zh_hant}\n{text}\n")
    return "\n".join(parts)
