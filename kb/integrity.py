"""The rules a file must pass to be a case at all: closed lists, identity, references, figures.

Each rule is a function from a draft to findings; ``INTEGRITY_RULES`` at the end lists them. A file
that breaks one is not indexed, since pages could not show it truthfully.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from kb.draft import Draft
from kb.findings import Finding
from kb.frontmatter import Path
from kb.model import SCHEMA_VERSION
from kb.rawtext import CONTROL
from kb.schema import suggestion
from kb.taxonomy import Facet, taxonomy

Rule = Callable[[Draft], Iterator[Finding]]

# Where a value of a closed list stands outside lists.
_PLAIN_VALUES: tuple[tuple[Path, Facet], ...] = (
    (("place", "country"), "countries"),
    (("place", "setting"), "settings"),
    (("plan_category",), "plan_categories"),
    (("plan_kind",), "plan_kinds"),
)
_LISTED_VALUES: tuple[tuple[str, str, Facet], ...] = (
    ("kpis", "tier", "kpi_tiers"),
    ("kpis", "theme", "kpi_themes"),
    ("sources", "kind", "source_kinds"),
)
TODO = re.compile(r"(?<![A-Za-z0-9_])TODO(?![A-Za-z0-9_])")


def known_values(draft: Draft) -> Iterator[Finding]:
    """Values of closed lists are on their lists."""
    places = [*_PLAIN_VALUES]
    places += [(path, "topics") for path in _items(draft, "topics")]
    for section, key, facet in _LISTED_VALUES:
        places += [((*item, key), facet) for item in draft.items(section)]
    for path, facet in places:
        value = draft.text_at(*path)
        if value is None or TODO.search(value):
            continue
        if value not in taxonomy().terms(facet):
            yield _unknown_value(draft, path, facet, value)
    drivers = draft.get("drivers")
    for driver in drivers if isinstance(drivers, dict) else ():
        if driver not in taxonomy().drivers and not TODO.search(driver):
            yield _unknown_value(draft, ("drivers", driver), "drivers", driver)


def _unknown_value(draft: Draft, path: Path, facet: Facet, value: str) -> Finding:
    known = ", ".join(taxonomy().terms(facet))
    hint = suggestion(taxonomy().nearest(facet, value), known)
    name = facet if facet in ("drivers", "topics") else path[-1]
    at_key = facet == "drivers"
    return draft.finding("unknown-value", path, at_key=at_key, name=name, value=value, hint=hint)


def _items(draft: Draft, name: str) -> list[Path]:
    """The paths of what a list names."""
    listed = draft.get(name)
    return [(name, number) for number in range(len(listed))] if isinstance(listed, list) else []


def listed_once(draft: Draft) -> Iterator[Finding]:
    """A topic, or a case to see also, is named once: its place in the list says how much it
    matters."""
    for name in ("topics", "see_also"):
        seen = set()
        for path in _items(draft, name):
            value = draft.text_at(*path)
            if value is not None and value in seen:
                yield draft.finding("repeated-value", path, name=name, value=value)
            seen.add(value)


def see_also_others(draft: Draft) -> Iterator[Finding]:
    """No case is to be read beside itself."""
    for path in _items(draft, "see_also"):
        if draft.text_at(*path) == draft.text_at("id"):
            yield draft.finding("see-also-itself", path)


def plan_kind_under_category(draft: Draft) -> Iterator[Finding]:
    """A plan kind lies under the plan category of the case."""
    kind, category = draft.text_at("plan_kind"), draft.text_at("plan_category")
    if kind is None or category is None or category not in taxonomy().plan_categories:
        return
    right = taxonomy().category_of(kind)
    if right is not None and right != category:
        known = ", ".join(taxonomy().plan_categories[category].kinds) or "—"
        yield draft.finding(
            "plan-kind-mismatch",
            ("plan_kind",),
            value=kind,
            category=category,
            known=known,
            right=right,
        )


def schema_version(draft: Draft) -> Iterator[Finding]:
    """The file is of a schema version that this code reads."""
    version = draft.number_at("schema")
    if version is not None and version != SCHEMA_VERSION:
        yield draft.finding("schema-version", ("schema",), value=version, known=SCHEMA_VERSION)


def id_is_file_name(draft: Draft) -> Iterator[Finding]:
    """The id is the name of the file."""
    case_id, stem = draft.text_at("id"), draft.path.stem
    if case_id is not None and case_id != stem:
        yield draft.finding("id-not-file-name", ("id",), value=case_id, stem=stem)


def id_begins_with_country(draft: Draft) -> Iterator[Finding]:
    """The id, and a folder that has the form of a country, agree with the country."""
    case_id, country = draft.text_at("id"), draft.text_at("place", "country")
    if country is None or country not in taxonomy().countries:
        return
    prefix = f"{country.lower()}-"
    if case_id is not None and not case_id.startswith(prefix):
        yield draft.finding("id-country-mismatch", ("id",), value=case_id, prefix=prefix)
    folder = draft.path.parent.name
    if folder.upper() in taxonomy().countries and folder.upper() != country:
        yield draft.finding(
            "folder-country-mismatch",
            ("place", "country"),
            folder=folder,
            country=country,
            right=country.lower(),
        )


def required_languages(draft: Draft) -> Iterator[Finding]:
    """Titles and summaries are in the languages their readers need.

    The model asks for zh-Hant everywhere; here: en always, ja for every summary, and a ja title
    for Japanese cases (advised for Taiwanese ones, so that Japanese planners find them).
    """
    country = draft.text_at("place", "country")
    for name in ("title", "summary"):
        texts = draft.get(name)
        if not isinstance(texts, dict):
            continue
        for lang in ("ja", "en"):
            if texts.get(lang) is not None:
                continue
            needed = lang == "en" or name == "summary" or country == "JP"
            if needed or country == "TW":
                finding = draft.finding("missing-language", (name, lang), name=name, lang=lang)
                yield finding if needed else replace(finding, severity="warning")


def nothing_blank(draft: Draft) -> Iterator[Finding]:
    """No text consists of spaces, and none is still to be written."""
    for path, value in draft.leaves():
        if not isinstance(value, str):
            continue
        if value and not value.strip():
            yield draft.finding("empty-value", path, name=path[-1])
        elif TODO.search(value):
            yield draft.finding("todo-left", path)
        elif char := CONTROL.search(value):  # written as an escape, "\\0"
            name = f"U+{ord(char.group()):04X}"
            yield draft.finding("control-character", path, name=name)
    for number, line in enumerate(draft.body.split("\n"), start=draft.body_line):
        for match in TODO.finditer(line):
            yield draft.body_finding("todo-left", number, match.start() + 1)


def source_ids_differ(draft: Draft) -> Iterator[Finding]:
    """No two sources share an id."""
    seen: set[str] = set()
    for item in draft.items("sources"):
        source_id = draft.text_at(*item, "id")
        if source_id is None:
            continue
        if source_id in seen:
            yield draft.finding("duplicate-source", (*item, "id"), value=source_id)
        seen.add(source_id)


def source_ids(draft: Draft) -> list[str]:
    """The ids of the sources that a draft defines."""
    return [i for item in draft.items("sources") if (i := draft.text_at(*item, "id")) is not None]


def figures_have_sources(draft: Draft) -> Iterator[Finding]:
    """KPIs, results and the population name a source that is defined."""
    known = source_ids(draft)
    entries = [*draft.items("kpis"), *draft.items("results")]
    if isinstance(draft.get("place", "population"), dict):
        entries.append(("place", "population"))
    for path in entries:
        source = draft.text_at(*path, "source")
        if source is not None and source not in known:
            yield draft.finding(
                "unknown-source",
                (*path, "source"),
                name=draft.text_at(*path, "name") or draft.text_at(*path, "what") or path[-1],
                value=source,
                hint=suggestion(_nearest_source(source, known), ", ".join(known)),
            )


def footnotes_have_sources(draft: Draft) -> Iterator[Finding]:
    """Every footnote of the body is a source of the front matter."""
    known = source_ids(draft)
    for source, line, column in draft.footnotes:
        if source not in known:
            hint = suggestion(_nearest_source(source, known), ", ".join(known))
            yield draft.body_finding(
                "footnote-without-source", line, column, value=source, hint=hint
            )


def _nearest_source(source: str, known: list[str]) -> str | None:
    """The same id in another spelling ("S3", "s03"); s3 for s4 would be a guess, not a help."""

    def bare(text: str) -> str:
        return re.sub(r"(?<!\d)0+(?=\d)|[^a-z0-9]", "", text.casefold())

    return next((k for k in known if bare(k) == bare(source)), None)


def urls_are_usable(draft: Draft) -> Iterator[Finding]:
    """Source addresses are whole http(s) URLs."""
    for item in draft.items("sources"):
        url = draft.text_at(*item, "url")
        if url is not None and not is_web_url(url):
            yield draft.finding("invalid-url", (*item, "url"), value=url)


def is_web_url(url: str) -> bool:
    """Whether a text is an absolute http(s) URL with a host, without spaces or controls."""
    if any(char.isspace() or not char.isprintable() or char in '<>"' for char in url):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and ("." in (host or ""))


def years_are_possible(draft: Draft) -> Iterator[Finding]:
    """What has been measured or published was so by the time the file was updated."""
    updated = draft.text_at("updated")
    if updated is None or not re.match(r"\d{4}-", updated):
        return
    latest = int(updated[:4])
    paths: list[Path] = [
        (*item, "year") for item in (*draft.items("results"), *draft.items("sources"))
    ]
    paths += [("place", "population", "year"), ("period", "start")]
    for path in paths:
        year = draft.number_at(*path)
        # A start may be planned; ten years ahead it is a slip of the pen.
        limit = latest + 10 if path == ("period", "start") else latest
        if year is not None and limit < year <= 2100:
            yield draft.finding(
                "impossible-year", path, name=path[-1], value=year, low=1000, high=limit
            )


def period_runs_forward(draft: Draft) -> Iterator[Finding]:
    """A period ends no earlier than it starts."""
    start, end = draft.number_at("period", "start"), draft.number_at("period", "end")
    if start is not None and end is not None and end < start:
        yield draft.finding("period-reversed", ("period", "end"), start=start, end=end)


def coordinates_in_country(draft: Draft) -> Iterator[Finding]:
    """Latitude and longitude come together and lie in the country."""
    lat, lon = draft.number_at("place", "lat"), draft.number_at("place", "lon")
    place = draft.get("place")
    if isinstance(place, dict) and (place.get("lat") is None) != (place.get("lon") is None):
        given = "lon" if place.get("lat") is None else "lat"
        yield draft.finding("coordinates-half", ("place", given), name=given)
    country = taxonomy().countries.get(draft.text_at("place", "country") or "")
    if lat is None or lon is None or country is None or abs(lat) > 90 or abs(lon) > 180:
        return
    if not country.contains(lat, lon):
        yield draft.finding(
            "coordinates-outside", ("place", "lat"), lat=lat, lon=lon, country=country.label
        )


INTEGRITY_RULES: tuple[Rule, ...] = (
    schema_version,
    known_values,
    plan_kind_under_category,
    listed_once,
    see_also_others,
    id_is_file_name,
    id_begins_with_country,
    required_languages,
    nothing_blank,
    source_ids_differ,
    figures_have_sources,
    footnotes_have_sources,
    urls_are_usable,
    years_are_possible,
    period_runs_forward,
    coordinates_in_country,
)


def run_rules(rules: tuple[Rule, ...], draft: Draft) -> list[Finding]:
    """What the rules find in a draft whose front matter could be read."""
    if draft.data is None:
        return []
    return [finding for rule in rules for finding in rule(draft)]
