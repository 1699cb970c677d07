"""The logic model of a case, from what its file says: challenge, actions, then outcomes.

Nothing is invented to fill a box. A case that set KPIs has a box for each tier; of a case whose
KPIs are not known the figures that were measured stand in their place, and say so.
"""

from __future__ import annotations

from api import schemas
from api.answers import generation
from indexer.search import Searcher
from kb.markdown import Sentence, sections
from kb.model import Case, Kpi, Result
from kb.taxonomy import taxonomy

MAX_ITEMS = 3  # in a box: a picture is for the outline, the page has the rest


def logic_model(searcher: Searcher, case: Case) -> schemas.LogicModel:
    """The boxes of the logic model of ``case``, in order."""
    stages = [_stage("challenge", _sentences(case, "background")[:2])]
    stages.append(_stage("actions", _sentences(case, "approach")[:MAX_ITEMS]))
    if case.kpis:
        for tier in reversed(taxonomy().kpi_tiers):
            kpis = [_kpi(kpi) for kpi in case.kpis if kpi.tier == tier]
            stages.append(_stage(tier, kpis[:MAX_ITEMS]))
    elif case.results:
        own = [_result(result) for result in case.results if result.scope == "project"]
        wider = [_result(result) for result in case.results if result.scope != "project"]
        stages.append(_stage("measured-project", own[:MAX_ITEMS]))
        if wider:
            stages.append(_stage("measured-wider", wider[:MAX_ITEMS]))
    return schemas.LogicModel(stages=stages, generation=generation(searcher))


def _stage(stage: str, items: list[schemas.LogicItem]) -> schemas.LogicStage:
    return schemas.LogicStage.model_validate({"stage": stage, "items": items})


def _sentences(case: Case, key: str) -> list[schemas.LogicItem]:
    """The first sentence of each paragraph or item of a section."""
    blocks = [
        block for section in sections(case.body) if section.key == key for block in section.blocks
    ]
    return [_sentence(block.sentences[0]) for block in blocks if block.sentences]


def _sentence(sentence: Sentence) -> schemas.LogicItem:
    return schemas.LogicItem(text=sentence.text, sources=sentence.footnotes)


def _kpi(kpi: Kpi) -> schemas.LogicItem:
    amount = None if kpi.target is None else str(kpi.target)
    return schemas.LogicItem(text=kpi.name, amount=amount, unit=kpi.unit, sources=[kpi.source])


def _result(result: Result) -> schemas.LogicItem:
    return schemas.LogicItem(
        text=result.what, amount=str(result.value), unit=result.unit, sources=[result.source]
    )
