"""A case to be, beside the casebook: what lint says of it, which tags its text suggests, and
which cases it may double. Nothing of it is kept."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from api import schemas
from api.answers import generation
from api.problems import BodyTooLarge, InvalidRequest, nearest
from indexer.review import CaseReader
from indexer.search import Searcher
from kb.assembled import Assembled
from kb.caseform import (
    MAX_CHARACTERS,
    ROWS,
    CaseForm,
    check_text,
    form_of_data,
    single_fields,
)
from kb.errors import FormatError, FormError
from kb.formatting import format_case_text
from kb.model import Case
from kb.review import Meaning, Near, copied_from
from kb.taxonomy import Facet, taxonomy

_LISTS: dict[str, Facet] = {
    "drivers": "drivers",
    "topics": "topics",
    "plan_category": "plan_categories",
    "setting": "settings",
}


def check_answer(
    searcher: Searcher, request: schemas.CaseCheckRequest, today: dt.date
) -> schemas.CaseCheckAnswer:
    """What a maintainer would be told of a case, before it is one.

    Raises InvalidRequest for fields that no case has, BodyTooLarge for what no case can be.
    """
    if request.markdown is not None:
        if len(request.markdown) > MAX_CHARACTERS:
            raise BodyTooLarge(f"The file is longer than {MAX_CHARACTERS:,} characters.")
        made = check_text(request.markdown, cases_of(searcher))
    else:
        made = _form(request.fields or {}).assemble(cases_of(searcher), today)
    return answer_of(searcher, made)


def answer_of(
    searcher: Searcher, made: Assembled, *, meaning: bool = True
) -> schemas.CaseCheckAnswer:
    """The answer for a case file as far as it is made; ``meaning`` is what takes its time."""
    case = made.readable if meaning else None
    read = _reader(searcher).read(case) if case is not None else Meaning()
    others = [other for other in cases_of(searcher) if other.id != made.identity]
    return schemas.CaseCheckAnswer(
        id=made.identity,
        path=made.path.as_posix(),
        text=_canonical(made),
        clean=made.is_clean,
        findings=[
            schemas.CaseFinding(
                field=told.field,
                code=told.finding.code,
                severity=told.finding.severity,
                line=told.finding.line,
                column=told.finding.column,
                message=told.finding.message,
                remedy=told.finding.remedy,
            )
            for told in made.told
        ],
        compared=case is not None,
        tags=_advice(read),
        duplicates=_near(searcher, read.duplicates),
        nearest=_near(searcher, read.nearest),
        same_place=[
            schemas.NearCase(id=other.id, title=other.title, score=1.0) for other in made.similar
        ],
        copied=[
            schemas.CopiedText(id=c.id, share=c.share, sample=c.sample)
            for c in (copied_from(made.draft.body, others) if case is not None else [])
        ],
        generation=generation(searcher),
    )


def cases_of(searcher: Searcher) -> list[Case]:
    """Every case of the published index, in order of id."""
    return [searcher.catalogue.case(case_id) for case_id in sorted(searcher.catalogue.ids())]


def _form(fields: dict[str, object]) -> CaseForm:
    try:
        form, left = form_of_data(fields)
    except FormError as error:
        raise BodyTooLarge(f"{str(error).capitalize()}.") from error
    if left:
        known = [*single_fields(), *ROWS]
        errors = [
            {
                "in": "body",
                "field": f"fields.{path}",
                "message": "A case has no such field.",
                "nearest": nearest(path, known),
            }
            for path in left[:20]
        ]
        raise InvalidRequest(f"Not valid: {', '.join(left[:5])}.", errors=errors)
    return form


def _canonical(made: Assembled) -> str | None:
    try:
        return format_case_text(made.text, made.identity)
    except FormatError:
        return None


def _near(searcher: Searcher, found: list[Near]) -> list[schemas.NearCase]:
    return [
        schemas.NearCase(id=n.id, title=searcher.catalogue.case(n.id).title, score=n.score)
        for n in found
    ]


def _advice(read: Meaning) -> list[schemas.TagAdvice]:
    """The advice on tags, as far as they are tags: a gap is none."""
    advice = []
    for tags in read.tags:
        known = taxonomy().terms(_LISTS[tags.facet])
        given = [value for value in tags.given if value in known]
        doubtful = [value for value in tags.doubtful if value in known]
        advice.append(
            schemas.TagAdvice(
                facet=tags.facet, given=given, suggested=tags.suggested, doubtful=doubtful
            )
        )
    return advice


class _Kept:
    """The reader of one generation, with what it last said: a form is checked at every pause, and
    most of the time its texts are as they were."""

    MOST = 32

    def __init__(self, searcher: Searcher) -> None:
        self._reader = CaseReader(searcher)
        self._said: dict[str, Meaning] = {}

    def read(self, case: Case) -> Meaning:
        key = case.model_dump_json(exclude={"sources", "updated", "period"})
        if key not in self._said:
            said = self._reader.read(case)
            while len(self._said) >= self.MOST:
                self._said.pop(next(iter(self._said)), None)
            self._said[key] = said
        return self._said.get(key) or self._reader.read(case)


@lru_cache(maxsize=1)
def _reader(searcher: Searcher) -> _Kept:
    return _Kept(searcher)
