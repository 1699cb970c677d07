"""The fields of the browser's form: from what was typed to a case file, and back from a file.

A field is named by the path of its value in the case file (``title.en``, ``kpis.0.tier``); beside
those there are ``latin`` and ``subject``, of which the id is made, ``driver`` (ticked ones) and
``sections.<key>``, the Markdown under each heading. The file is assembled by :mod:`kb.newcase`
and judged by lint; each finding is told at the field that it concerns.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from kb.assembled import Assembled, Told
from kb.casebook import lost_references
from kb.casefile import in_order
from kb.draft import Draft, read_draft
from kb.errors import FormError
from kb.findings import Finding
from kb.gazetteer import REGIONS_FILE, Location, locate, same_name
from kb.lint import lint_draft
from kb.model import ABSTRACT_LANGS, LANGS, MAX_TOPICS, Case, Kpi, Pdca, Population, Result, Source
from kb.newcase import Answers, SourceAnswer, case_id, default_names, new_case_text, similar_cases
from kb.taxonomy import taxonomy
from kb.typed import clean_line, clean_text, figure, items, whole

MAX_CHARACTERS = 60_000  # of all fields together; the longest of 189 cases has 6,664
MAX_ROWS = 60  # of one kind
MAX_DEPTH = 3  # of the paths of values

ROWS: dict[str, tuple[str, ...]] = {
    "sources": tuple(Source.model_fields),
    "kpis": tuple(Kpi.model_fields),
    "results": tuple(Result.model_fields),
}
# What a new row holds before anything is written in it: a row with nothing else is blank.
GIVEN = {"sources": {"id"}, "kpis": {"scope"}, "results": {"scope"}}
STEPS = tuple(Pdca.model_fields)
_LISTS = ("place.municipalities", "aliases", "see_also", *(f"place.names.{lang}" for lang in LANGS))
_LISTS_BY_LINE = ("pdca.", "situations.")
_MANY_LINES = ("sections.", *_LISTS_BY_LINE)
_POPULATION = tuple(f"place.population.{key}" for key in Population.model_fields)
_FIGURES = {"baseline", "target", "actual", "value"}
_PLAIN = (
    "id",
    "aliases",
    "see_also",
    "latin",
    "subject",
    "place.country",
    "place.region",
    "place.municipalities",
    "place.setting",
    "place.lat",
    "place.lon",
    "period.start",
    "period.end",
    "plan_category",
    "plan_kind",
    *(f"{name}.{lang}" for name in ("title", "summary", "place.names") for lang in LANGS),
    *(f"abstract.{lang}" for lang in ABSTRACT_LANGS),
    *(f"situations.{lang}" for lang in LANGS),
    *_POPULATION,
    *(f"topics.{number}" for number in range(MAX_TOPICS)),
)
# What a file has and a form need not: it is written anew, or says that something is missing.
_NO_FIELD = frozenset({"schema", "updated", "body", "drivers.TODO"})
_ROW = re.compile(r"(sources|kpis|results)\.(\d{1,2})\.([a-z]+)\Z")
_STEP = re.compile(r"\[(\d+)\]")
# What stands between the names of a list, and how it is written; a name in Latin letters may hold
# a comma ("Sabae, Fukui").
_SEPARATORS = re.compile(r"[、;；\n]")
_COMMAS = re.compile(r"[,，、;；\n]")

Pairs = Iterable[tuple[str, str]]


def single_fields() -> list[str]:
    """The names of the fields that are there once."""
    return [
        *_PLAIN,
        *(f"drivers.{driver}" for driver in taxonomy().drivers),
        *(f"sections.{key}" for key in taxonomy().sections),
        *(f"pdca.{step}" for step in STEPS),
    ]


@dataclass(frozen=True)
class CaseForm:
    """What was filled in: single fields, ticked drivers, rows (blank ones too)."""

    values: Mapping[str, str] = field(default_factory=dict)
    drivers: frozenset[str] = frozenset()
    rows: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """What a single field holds."""
        return self.values.get(name, "")

    def has(self, driver: str) -> bool:
        """Whether a driver is given: ticked, or with a reason."""
        return driver in self.drivers or bool(self.value(f"drivers.{driver}"))

    @cached_property
    def is_blank(self) -> bool:
        """Whether nothing was filled in."""
        kept = any(self._numbered(name) for name in ROWS)
        return not (any(self.values.values()) or self.drivers or kept)

    def texts(self) -> list[str]:
        """Everything that was typed."""
        rows = [text for rows in self.rows.values() for row in rows for text in row.values()]
        return [*self.values.values(), *rows]

    def with_value(self, name: str, value: str) -> CaseForm:
        """With a single field replaced."""
        return replace(self, values={**self.values, name: value})

    def with_driver(self, driver: str) -> CaseForm:
        """With a driver ticked."""
        return replace(self, drivers=self.drivers | {driver})

    def with_topic(self, topic: str) -> CaseForm:
        """With a topic in the first place that is free; as it was if none is."""
        free = (n for n, value in enumerate(self._topics()) if not value)
        number = next(free, None)
        known = topic in self._topics() or number is None
        return self if known else self.with_value(f"topics.{number}", topic)

    def with_row(self, name: str) -> CaseForm:
        """With one more blank row of a kind; a source gets the next free id."""
        rows = self.rows.get(name, ())
        if len(rows) >= MAX_ROWS:
            return self
        row = {"id": self._free_id()} if name == "sources" else {}
        return replace(self, rows={**self.rows, name: (*rows, row)})

    def without_row(self, name: str, number: int) -> CaseForm:
        """Without the row of that number."""
        rows = [row for at, row in enumerate(self.rows.get(name, ())) if at != number]
        return replace(self, rows={**self.rows, name: tuple(rows)})

    def _free_id(self) -> str:
        taken = {row.get("id") for row in self.rows.get("sources", ())}
        return next(f"s{n}" for n in range(1, MAX_ROWS + 2) if f"s{n}" not in taken)

    def with_a_row_of_each(self) -> CaseForm:
        """With a row to begin with where there is none."""
        form = self
        for name in ROWS:
            if not form.rows.get(name):
                form = form.with_row(name)
        return form

    def source_ids(self) -> list[tuple[str, str]]:
        """(id, title or address) of the sources that there are, for figures to choose from."""
        rows = [row for _, row in self._numbered("sources")]
        return [(row.get("id", ""), row.get("title") or row.get("url", "")) for row in rows]

    def _numbered(self, name: str) -> list[tuple[int, Mapping[str, str]]]:
        """The rows in which something was written, with their numbers in the form."""
        return [
            (at, row)
            for at, row in enumerate(self.rows.get(name, ()))
            if any(value for key, value in row.items() if key not in GIVEN[name])
        ]

    def answers(self) -> Answers:
        """What the form says of a case."""
        kind = self.value("plan_kind") or None
        category = self.value("plan_category") or None
        return Answers(
            country=self.value("place.country"),
            region=_region(self.value("place.country"), self.value("place.region")),
            municipalities=self._list("place.municipalities"),
            latin=self.value("latin"),
            subject=self.value("subject"),
            aliases=self._list("aliases"),
            titles={lang: self.value(f"title.{lang}") for lang in LANGS},
            summaries={lang: self.value(f"summary.{lang}") for lang in LANGS},
            abstracts={lang: self.value(f"abstract.{lang}") for lang in ABSTRACT_LANGS},
            situations={lang: items(self.value(f"situations.{lang}")) for lang in LANGS},
            names={lang: self._list(f"place.names.{lang}") for lang in LANGS},
            coordinates={
                key: figure(typed)
                for key in ("lat", "lon")
                if (typed := self.value(f"place.{key}"))
            },
            population=_entry({n.split(".")[-1]: self.value(n) for n in _POPULATION}),
            drivers={d: self.value(f"drivers.{d}") for d in taxonomy().drivers if self.has(d)},
            plan_category=category or (taxonomy().category_of(kind) if kind else None),
            plan_kind=kind,
            topics=list(dict.fromkeys(filter(None, self._topics()))),
            see_also=self._list("see_also"),
            setting=self.value("place.setting") or None,
            start=whole(self.value("period.start")),
            end=whole(self.value("period.end")),
            kpis=[_entry(row) for _, row in self._numbered("kpis")],
            results=[_entry(row) for _, row in self._numbered("results")],
            pdca={step: items(self.value(f"pdca.{step}")) for step in STEPS},
            sources=[_source(row) for _, row in self._numbered("sources")],
            texts={key: self.value(f"sections.{key}") for key in taxonomy().sections},
        )

    def _topics(self) -> list[str]:
        return [self.value(f"topics.{number}") for number in range(MAX_TOPICS)]

    def _list(self, name: str) -> list[str]:
        between = _SEPARATORS if name.startswith("place.names") else _COMMAS
        parts = (part.strip() for part in between.split(self.value(name)))
        return list(dict.fromkeys(part for part in parts if part))

    def assemble(self, cases: Sequence[Case], today: dt.date) -> Assembled:
        """The case file as far as it is filled in, with what lint has to say at each field."""
        answers = self.answers()
        derived = default_names(answers.municipalities, answers.latin)
        identity = self.value("id") or _identity(answers)
        location = _location(answers, cases)
        text = new_case_text(answers, identity, location, today, outline=False)
        path = _path(answers.country, identity)
        draft = read_draft(path, text.encode("utf-8"))
        findings = lint_draft(draft) + _beside(draft, cases, is_new=not self.value("id"))
        told = self._told(findings, draft)
        similar = [case for case in similar_cases(answers, cases) if case.id != identity]
        return Assembled(identity, path, text, draft, told, derived, location, similar)

    def field_of(self, finding: Finding, draft: Draft) -> str:
        """The name of the form's field that a finding is about; "" for the file as a whole."""
        if finding.field == "body":
            return f"sections.{_section_at(draft, finding.line)}"
        path = _STEP.sub(r".\1", finding.field)
        name, _, rest = path.partition(".")
        if name in ROWS:
            return self._field_of_row(name, rest)
        if name == "drivers":
            return path if rest in taxonomy().drivers else "drivers"
        if name == "id":
            return "id" if self.value("id") else "subject"
        if path.startswith("place.names.en") and not self._list("place.names.en"):
            return "latin"
        fields = single_fields()
        of_list = re.sub(r"(?:\.\d+)+\Z", "", path)
        inside = next((f for f in fields if f.startswith(f"{of_list}.")), "")
        return next((name for name in (path, of_list) if name in fields), inside)

    def _field_of_row(self, name: str, rest: str) -> str:
        number, _, key = rest.partition(".")
        numbered = self._numbered(name)
        known = number.isdigit() and int(number) < len(numbered)
        at = numbered[int(number)][0] if known else 0
        return f"{name}.{at}.{key or _FIRST[name]}"

    def _told(self, findings: Iterable[Finding], draft: Draft) -> list[Told]:
        """Findings at their fields; where something is still to be written, that alone is told."""
        told = [Told(self.field_of(finding, draft), finding) for finding in findings]
        # An id lacks what its parts lack, which is told at theirs.
        told = [
            t for t in told if not (t.is_gap and t.field == "subject" and self.value("subject"))
        ]
        gaps = {t.field for t in told if t.is_gap and not t.field.startswith("sections.")}
        if not self._numbered("sources"):
            # Not cited, since it is not there yet.
            told = [t for t in told if t.field != "sources.0.id"]
        return [t for t in told if t.is_gap or t.field not in gaps]


_FIRST = {"sources": "title", "kpis": "name", "results": "what"}


def check_text(text: str, cases: Sequence[Case]) -> Assembled:
    """The same for a whole case file: its findings at the fields that they concern.

    The file is linted as it is. It belongs where its id and country say.
    """
    draft = read_draft(Path("case.md"), text.encode("utf-8", "replace"))
    path = _path(draft.text_at("place", "country") or "", draft.text_at("id") or "")
    draft = read_draft(path, text.encode("utf-8", "replace"))
    form, _ = form_of(draft)
    findings = in_order(lint_draft(draft) + _beside(draft, cases, is_new=False))
    told = [Told(form.field_of(finding, draft), finding) for finding in findings]
    similar = [c for c in similar_cases(form.answers(), cases) if c.id != path.stem]
    return Assembled(path.stem, path, text, draft, told, similar=similar)


def _path(country: str, identity: str) -> Path:
    """Where the file belongs; what cannot be a name becomes "case"."""
    folder = country.lower() if country in taxonomy().countries else "todo"
    name = identity if re.fullmatch(r"[A-Za-z0-9-]{1,110}", identity) else "case"
    return Path("cases", folder, f"{name}.md")


def read_form(pairs: Pairs) -> CaseForm:
    """What was typed, by field; names that the form does not have are passed over.

    Raises :class:`FormError` if it is more than a case can be.
    """
    known = set(single_fields())
    values: dict[str, str] = {}
    drivers: set[str] = set()
    rows: dict[str, dict[int, dict[str, str]]] = {name: {} for name in ROWS}
    size = 0
    for name, typed in pairs:
        size += len(typed)
        _check_size(size)
        if name == "driver" and typed in taxonomy().drivers:
            drivers.add(typed)
        elif name in known:
            many = name.startswith(_MANY_LINES)
            values[name] = clean_text(typed) if many else clean_line(typed)
        elif (match := _ROW.match(name)) and match.group(3) in ROWS[match.group(1)]:
            row = rows[match.group(1)].setdefault(int(match.group(2)), {})
            row[match.group(3)] = clean_line(typed)
    kept = {
        name: tuple(row for _, row in sorted(found.items()))[:MAX_ROWS]
        for name, found in rows.items()
    }
    return CaseForm(values, frozenset(drivers), _with_ids(kept))


def _with_ids(
    rows: dict[str, tuple[dict[str, str], ...]],
) -> dict[str, tuple[Mapping[str, str], ...]]:
    """Every source row with an id."""
    taken = {row["id"] for row in rows["sources"] if row.get("id")}
    sources = []
    for row in rows["sources"]:
        free = next(f"s{n}" for n in range(1, MAX_ROWS + 2) if f"s{n}" not in taken)
        sources.append(row if row.get("id") else {**row, "id": free})
        taken.add(sources[-1]["id"])
    return {**rows, "sources": tuple(sources)}


def form_of(draft: Draft) -> tuple[CaseForm, list[str]]:
    """A form filled in from a file as far as it could be read, and the paths of what the form
    has no field for."""
    data = draft.data if isinstance(draft.data, dict) else {}
    return form_of_data({**data, "sections": _sections(draft.body)})


def form_of_data(data: Mapping[str, Any]) -> tuple[CaseForm, list[str]]:
    """The same from the data of a front matter, with the body as ``sections`` by key.

    Raises :class:`FormError` if it is more than a case can be.
    """
    values: dict[str, str] = {}
    rows: dict[str, tuple[dict[str, str], ...]] = {}
    left: list[str] = []
    known = set(single_fields())

    def take(path: str, value: Any) -> None:
        if isinstance(value, dict) and path.count(".") < MAX_DEPTH:
            for key, inner in value.items():
                take(f"{path}.{key}", inner)
        elif isinstance(value, list) and path in _LISTS:
            between = "; " if path == "place.names.en" else "、"
            values[path] = between.join(clean_line(_typed(item)) for item in value)
        elif isinstance(value, list) and path == "topics":
            for number, topic in enumerate(value):
                take(f"topics.{number}", topic)
        elif isinstance(value, list) and path.startswith(_LISTS_BY_LINE) and path in known:
            values[path] = "\n".join(clean_line(_typed(item)) for item in value)
        elif path in known and not isinstance(value, dict | list):
            clean = clean_text if path.startswith(_MANY_LINES) else clean_line
            values[path] = clean(_typed(value))
        elif path not in _NO_FIELD and value not in (None, [], {}):
            left.append(path)

    for key, value in data.items():
        if key in ROWS and isinstance(value, list):
            rows[key] = tuple(_row(key, at, item, left) for at, item in enumerate(value[:MAX_ROWS]))
        else:
            take(str(key), value)
    values = {name: "" if _is_todo(value) else value for name, value in values.items()}
    drivers = data.get("drivers")
    ticked = [d for d in drivers if d in taxonomy().drivers] if isinstance(drivers, dict) else []
    form = CaseForm(values, frozenset(ticked), _with_ids(dict.fromkeys(ROWS, ()) | rows))
    _check_size(sum(len(text) for text in form.texts()))
    return form, [clean_line(path)[:80] for path in left]


def _check_size(characters: int) -> None:
    if characters > MAX_CHARACTERS:
        raise FormError(f"the form has more than {MAX_CHARACTERS:,} characters")


def _row(name: str, at: int, item: Any, left: list[str]) -> dict[str, str]:
    entries = item if isinstance(item, dict) else {}
    row = {}
    for key, value in entries.items():
        if key in ROWS[name] and not isinstance(value, dict | list):
            text = clean_line(_typed(value))
            row[key] = "" if _is_todo(text) or value is False else text
        else:
            left.append(f"{name}.{at}.{key}")
    return row


def _is_todo(text: str) -> bool:
    return text.strip() == "TODO"


def _typed(value: Any) -> str:
    """A value as one would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else ""
    return str(value)


def _sections(body: str) -> dict[str, str]:
    """The Markdown under each heading; what stands before the first belongs to the first."""
    by_label = {term.label.zh_hant: key for key, term in taxonomy().sections.items()}
    key = next(iter(taxonomy().sections))
    found: dict[str, list[str]] = {}
    for line in body.split("\n"):
        heading = re.fullmatch(r"## +(.+?) *", line)
        if heading and heading.group(1) in by_label:
            key = by_label[heading.group(1)]
        else:
            found.setdefault(key, []).append(line)
    return {key: clean_text("\n".join(lines)) for key, lines in found.items()}


def _section_at(draft: Draft, line: int) -> str:
    """The section of the body that a line of the file lies in."""
    by_label = {term.label.zh_hant: key for key, term in taxonomy().sections.items()}
    key = next(iter(taxonomy().sections))
    for text in draft.body.split("\n")[: max(line - draft.body_line + 1, 0)]:
        key = by_label.get(text.removeprefix("## ").strip(), key) if text[:3] == "## " else key
    return key


@cache
def known_regions(country: str) -> list[str]:
    """The prefectures of Japan or the counties of Taiwan as the casebook writes them."""
    import opencc

    data = yaml.load(REGIONS_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    to_traditional = opencc.OpenCC("jp2t")
    return [to_traditional.convert(name).replace("台", "臺") for name in data.get(country, ())]


def _region(country: str, typed: str) -> str:
    """A region as the casebook writes it, where it is known under another spelling (兵庫県)."""
    return next((name for name in known_regions(country) if same_name(name, typed)), typed)


def _identity(answers: Answers) -> str:
    """The id that follows from the answers, with TODO for what it still lacks."""
    known = case_id(replace(answers, country=answers.country or "TODO"))
    known = known.replace("todo", "TODO", 1) if not answers.country else known
    return known if answers.subject and answers.latin else f"{known}-TODO"


def _beside(draft: Draft, cases: Sequence[Case], is_new: bool) -> list[Finding]:
    """What only the other cases tell: a new case must not take the id, or a former id, of one that
    is there, and what it names must be there."""
    owners = {name: case.id for case in cases for name in (*case.aliases, case.id)}
    identity = draft.text_at("id")
    findings = lost_references(draft, owners)
    if is_new and identity in owners:
        other = owners[identity]
        findings.append(draft.finding("duplicate-id", ("id",), value=identity, other=other))
    return findings


def _location(answers: Answers, cases: Sequence[Case]) -> Location | None:
    """Where the one municipality is, if nobody typed where and somebody knows."""
    if answers.coordinates or len(answers.municipalities) != 1:
        return None
    return locate(answers.country, answers.region, answers.municipalities[0], cases)


def _entry(row: Mapping[str, str]) -> dict[str, Any]:
    """A row as the case file has it: figures and years as numbers where they are."""
    entry: dict[str, Any] = {}
    for key, text in row.items():
        if not text:
            continue
        if key in _FIGURES:
            entry[key] = figure(text)
        else:
            entry[key] = whole(text) if key == "year" else text
    return {} if set(entry) <= {"scope"} else entry


def _source(row: Mapping[str, str]) -> SourceAnswer:
    given: dict[str, Any] = {key: text for key, text in row.items() if text}
    if "year" in given:
        given["year"] = whole(given["year"])
    given["described"] = bool(row.get("described"))
    return SourceAnswer(**given)
