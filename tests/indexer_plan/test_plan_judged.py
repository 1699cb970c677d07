"""What readers judged comparable, and what is learnt from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.comparable import Comparer, comparer_of
from indexer.judged import HIGHEST, judged_plans
from indexer.live import open_published
from indexer.phrases import Profile
from indexer.plan import Plan
from indexer.plan_rows import TAXONOMY, plan_number
from indexer.plan_tags import RIDGE
from indexer.recommended import BESIDE, related
from indexer.search import Searcher
from kb.casebook import case_paths
from kb.model import Case

CASES = Path(__file__).parents[2] / "cases"
FOREST = "jp-okayama-nishiawakura-forest-ventures"
HARBOUR = "tw-keelung-zhengbin-harbour-town"


@pytest.fixture(scope="module")
def searcher(full_index_dir: Path) -> Searcher:
    return open_published(full_index_dir)


@pytest.fixture(scope="module")
def cases(searcher: Searcher) -> list[Case]:
    return [searcher.catalogue.case(i) for i in searcher.index.ids]


def test_judgements_are_of_cases_that_there_are() -> None:
    known = {path.stem for path in case_paths(CASES)}
    for judged in judged_plans():
        assert judged.relevant
        grades = judged.grades()
        assert set(grades) <= known
        assert all(0 < grade <= HIGHEST for grade in grades.values())
    for each in ([p.id for p in judged_plans()], [p.text for p in judged_plans()]):
        assert len(set(each)) == len(each)


def test_what_a_file_names_to_see_also_counts_from_either_side(cases: list[Case]) -> None:
    """Ids that nobody has are passed over; former ids count."""
    first, second, third = cases[:3]
    lists = {first.id: [third.id, "xx-nobody"], second.id: ["tw-former-id"]}
    made = [case.model_copy(update={"see_also": lists.get(case.id, [])}) for case in cases]
    made[2] = made[2].model_copy(update={"aliases": ["tw-former-id"]})
    found = related(made) - related([c.model_copy(update={"see_also": []}) for c in cases])
    assert np.array_equal(found, found.T)
    assert found[2, 0] >= 0
    assert related(made)[0, 2] >= BESIDE
    assert related(made)[2, 1] >= BESIDE
    assert set(zip(*np.nonzero(found), strict=True)) <= {(0, 2), (2, 0), (1, 2), (2, 1)}


@pytest.mark.parametrize("names_it", [FOREST, HARBOUR])
def test_what_a_file_names_to_see_also_is_recommended(
    searcher: Searcher, cases: list[Case], names_it: str
) -> None:
    """Whichever of two unlike cases names the other, both gain by it when one is asked from."""
    other = HARBOUR if names_it == FOREST else FOREST
    index, number = searcher.index, searcher.index.number
    place: dict[bool, dict[str, int]] = {}
    for told in (False, True):
        listed = {names_it: [other] if told else []}
        made = [c.model_copy(update={"see_also": listed.get(c.id, [])}) for c in cases]
        comparer = Comparer(index, made)
        everything = np.ones(len(made), dtype=bool)
        place[told] = {}
        for asked, sought in ((FOREST, HARBOUR), (HARBOUR, FOREST)):
            case = made[number[asked]]
            question = comparer.reader.of_case(index, number[asked], case)
            answer = comparer.answer(index, question, Profile.of_case(case), everything, 20)
            place[told][asked] = [r.case_id for r in answer.results].index(sought)
    assert place[True][FOREST] < place[False][FOREST]
    assert place[True][HARBOUR] < place[False][HARBOUR]


def test_what_a_plan_taught_can_be_left_out_exactly(searcher: Searcher, cases: list[Case]) -> None:
    """The closed form equals a regression solved anew without it."""
    recommended = comparer_of(searcher.index, searcher.catalogue).reader.recommended
    row = int(np.flatnonzero(recommended._source < TAXONOMY)[0])
    ridge = recommended._ridge
    kept = np.delete(np.arange(len(ridge._inverse)), row)
    texts = ridge._texts.of(kept)
    targets = np.linalg.inv(ridge._inverse) @ ridge._dual  # about their mean
    gram = texts.alike(texts) + RIDGE * np.eye(len(kept))
    own = ridge._texts.of([row])
    fresh = ridge._mean + own.alike(texts) @ np.linalg.solve(gram, targets[kept])
    unseen = recommended.scores(own, without=int(recommended._source[row]))
    assert np.allclose(unseen, fresh[0], atol=1e-5)
    assert not np.allclose(recommended.scores(own), fresh[0], atol=1e-2)


def test_what_is_named_together_can_be_left_out(searcher: Searcher) -> None:
    """Readers' lists of cases say which go together; without a plan, its list says nothing."""
    recommended = comparer_of(searcher.index, searcher.catalogue).reader.recommended
    together = recommended.together()
    assert np.array_equal(together, together.T)
    assert not np.diag(together).any()
    assert 0 <= together.min() <= together.max() < 1
    source, grades = next(iter(recommended._graded.items()))
    named = np.flatnonzero(grades)
    less = recommended.together(without=source)
    assert (less <= together + 1e-9)[np.ix_(named, named)].mean() > 0.5
    others = np.flatnonzero(grades == 0)
    assert np.allclose(less[np.ix_(others, others)], together[np.ix_(others, others)])


@pytest.mark.parametrize("alone", [True, False])
def test_company_is_told_by_all_but_the_case_asked_from(searcher: Searcher, alone: bool) -> None:
    comparer = comparer_of(searcher.index, searcher.catalogue)
    index = searcher.index
    case = searcher.catalogue.case(FOREST)
    question = comparer.reader.of_case(index, index.number[FOREST], case)
    total = np.zeros(len(index.ids))
    if alone:
        total[index.number[FOREST]] = 100.0  # does not vote for what goes with itself
        company = comparer.company(question, total)
        assert np.allclose(company, comparer.company(question, np.zeros(len(index.ids))))
    else:
        total[index.number[HARBOUR]] = 100.0
        company = comparer.company(question, total)
        together = comparer.reader.recommended.together()[index.number[HARBOUR]]
        assert company.argmax() == together.argmax()


def test_what_a_reader_said_of_a_plan_is_learnt(searcher: Searcher) -> None:
    """A judged plan has one row, with its reader's tags, and is about what its cases are about."""
    tags = comparer_of(searcher.index, searcher.catalogue).reader.tags
    targets = tags._targets([searcher.catalogue.case(i) for i in searcher.index.ids])
    found = {plan_number(int(s)): row for row, s in enumerate(tags.rows.source) if s < TAXONOMY}
    assert sorted(found) == sorted(set(found))
    for number, row in found.items():
        plan = judged_plans()[number]
        for facet in ("plan_category", "setting", "drivers"):
            said = {
                v
                for v, is_said in zip(tags.labels.values[facet], targets[facet][row], strict=True)
                if is_said == 1
            }
            assert said == set(plan.tags.values(facet))
        topics = targets["topics"][row]
        assert 0 < topics.max() <= 1


def test_a_judged_plan_is_answered_as_it_was_judged(searcher: Searcher) -> None:
    index = searcher.index
    comparer = comparer_of(index, searcher.catalogue)
    best = {
        number: [i for i, grade in plan.grades().items() if grade == HIGHEST and i in index.number]
        for number, plan in enumerate(judged_plans())
    }
    found = {number: ids for number, ids in best.items() if ids}
    assert found
    for number, ids in list(found.items())[:10]:
        plan = judged_plans()[number]
        for unseen in (None, number):
            _, question = comparer.reader.read(index, Plan(text=plan.text), without=unseen)
            part = comparer.nearness(index, question).parts["judged"]
            assert part.mean() == pytest.approx(0, abs=1e-9)
            if unseen is None:
                assert set(np.argsort(-part)[: len(ids) + 1]) & {index.number[i] for i in ids}
