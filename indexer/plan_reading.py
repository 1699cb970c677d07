"""Reading a plan: from its text, and what was stated beside it, to tags and vectors."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from indexer.dense import unit
from indexer.documents import place_names
from indexer.encoders import Floats
from indexer.names import Gazetteer, forms
from indexer.passages import split
from indexer.plan import Inference, Plan, PlanReading, Span
from indexer.plan_kpis import KpiModel
from indexer.plan_rows import plan_source
from indexer.plan_tags import SEVERAL, TagModel, weighted
from indexer.plan_text import PIECE_COLUMNS, PIECES, Clause, clauses_of, language_of, population_of
from indexer.ranking import RankingIndex
from indexer.recommended import Recommended, voted
from indexer.ridge import Doubles, Texts
from indexer.text import Normalised
from kb.model import Case
from kb.taxonomy import taxonomy

SCANNED = 50  # of a longer plan, pieces whose beginnings the first encoder reads to choose those
BEGINNING = 80  # characters
CLAUSES = 40
EVIDENCE = 2  # clauses shown for one inference
NAMES_WITHIN = 8_000  # characters that are searched for places

# Least confidence of what is shown as read. On the first plans that were graded the drivers'
# macro-F1 is best at 0.25 to 0.3; themes have precision 0.42 and recall 0.45 at 0.2.
SHOWN = {
    "drivers": 0.3,
    "topics": 0.2,
    "kpi_themes": 0.2,
    "kpi_tiers": 0.5,
    "plan_category": 0.3,
    "plan_kind": 0.4,
    "setting": 0.4,
}
MOST_SHOWN = 5
# What the cases say that are recommended for a text, beside what its own words say. Leave one case
# out, it is how the category of 0.745 of the texts (0.726 without) and of 0.80 of the cases (0.78)
# is read, and of 0.84 of the judged plans (0.80); the drivers' macro-F1 is 0.58 (0.56). Settings
# lose by it.
VOTE = {"plan_category": 0.5, "drivers": 0.5}
STATED = 0.9  # what a stated tag counts as where cases are compared; the rest is as usual


@dataclass(frozen=True)
class Question:
    """What cases are compared with, whether it came from a plan or from a case.

    ``vectors`` (pieces, d), ``texts`` of the pieces, probabilities of each value of each facet
    that is known of (a facet left out is unknown), how much it is about each topic if anything is
    known of that, the population if known, and the number of the case itself if it is one.
    ``recommended`` is how much each case is for the text (cases,), None where there is no text,
    and ``without`` the source that nothing of this was learnt from.
    """

    vectors: Floats
    texts: list[str]
    tags: dict[str, Doubles]
    topics: Doubles | None
    population: int | None
    recommended: Doubles | None = None
    named: frozenset[int] = frozenset()
    case: int | None = None
    without: int | None = None


class PlanReader:
    """Reads plans with what the casebook of one generation teaches."""

    def __init__(self, index: RankingIndex, cases: Sequence[Case]) -> None:
        self.tags = TagModel(index, cases)
        self.recommended = Recommended(cases, self.tags.rows)
        self.kpis = KpiModel(index, cases)
        self._names = [place_names(case) for case in cases]
        self._gazetteer = Gazetteer(self._names)
        kpi_share = np.array([[t in {k.theme for k in c.kpis} for t in taxonomy().kpi_themes]
                              for c in cases if c.kpis] or [[False]], dtype=float)  # fmt: skip
        self.usual: dict[str, Doubles] = {
            facet: model.mean for facet, model in self.tags.facets.items() if facet != "topics"
        } | {"kpi_themes": kpi_share.mean(axis=0)}

    def values(self, facet: str) -> list[str]:
        """The values of a facet, in the order of its probabilities."""
        return self.tags.labels.values.get(facet) or self.kpis.values[facet]

    def read(
        self, index: RankingIndex, plan: Plan, without: int | None = None
    ) -> tuple[PlanReading, Question]:
        """What a plan says, for people and for comparing; ``without`` all that was learnt from
        the judged plan of that number."""
        text = plan.text.strip()
        spoken = any(character.isalpha() for character in text)
        language = language_of(text) if spoken else None
        pieces = self._pieces(index, text) if spoken else []
        vectors = _encoded(index, pieces)
        clauses = clauses_of(plan.text, CLAUSES) if spoken else []
        spoken_of = language[0] if language else None
        told = self._told(index, pieces, vectors, plan.language or spoken_of) if clauses else None
        unseen = None if without is None else plan_source(without)
        scores = None if told is None else self.recommended.scores(told, unseen)
        chances, led = self._chances(told, scores, clauses, plan.language or spoken_of, unseen)
        about = None if told is None else self.tags.about(told, unseen)
        fields: dict[str, Inference | list[Inference] | None] = {}
        for facet in ("drivers", "topics", "kpi_themes", "kpi_tiers"):
            stated = getattr(plan, facet)
            fields[facet] = (
                [Inference.stated(v) for v in stated]
                if stated
                else self._likely(facet, chances, led)[:MOST_SHOWN]
            )
        for facet in ("plan_category", "setting"):
            fields[facet] = self._one(facet, getattr(plan, facet), chances, led)
        fields["plan_kind"] = self._kind(plan, fields["plan_category"], chances, led)
        population = _population(plan)
        places, named = self._places(plan.text[:NAMES_WITHIN]) if spoken else ([], frozenset())
        reading = PlanReading(
            language=_language(plan, language), places=places, population=population, **fields
        )
        tags = {f: self._compared(f, plan, chances) for f in self.usual}
        question = Question(
            vectors,
            pieces,
            {facet: row for facet, row in tags.items() if row is not None},
            self._named_topics(plan.topics) if plan.topics else about,
            int(population.value) if population else None,
            scores,
            named,
            without=unseen,
        )
        return reading, question

    def tag_chances(
        self, told: Texts, scores: Doubles, without: int | None = None
    ) -> dict[str, Doubles]:
        """Probability of each value of each facet, from what a text says and from the cases that
        are recommended for it by ``scores`` (cases,); ``without`` what one source taught."""
        chances = self.tags.probabilities(told, without)
        for facet, power in VOTE.items():
            votes = voted(scores, self.tags.labels.of_cases[facet])
            usual = self.tags.facets[facet].mean
            chances[facet] = _with_votes(chances[facet], votes, usual, power, facet in SEVERAL)
        return chances

    def of_case(self, index: RankingIndex, number: int, case: Case) -> Question:
        """A case as a question: its own passages and tags."""
        start = int(index.starts[number])
        own = slice(start, start + int(index.counts[number]))
        stated = Plan(
            drivers=list(case.drivers),
            plan_category=case.plan_category,
            plan_kind=case.plan_kind,
            topics=case.topics,
            kpi_themes=sorted({kpi.theme for kpi in case.kpis}),
            setting=case.place.setting,
        )
        tags = {facet: self._compared(facet, stated, {}) for facet in self.usual}
        return Question(
            index.dense.vectors[own],
            [f"{case.title.zh_hant}\n{case.summary.zh_hant}"],
            {facet: row for facet, row in tags.items() if row is not None},
            self._named_topics(case.topics) if case.topics else None,
            case.place.population.value if case.place.population else None,
            self.recommended.scores(self.tags.rows.of_case(number)),
            case=number,
        )

    def _named_topics(self, topics: Sequence[str]) -> Doubles:
        """How much each topic counts where topics are named."""
        counted = weighted(topics)
        return np.array([counted.get(topic, 0.0) for topic in self.values("topics")])

    def _pieces(self, index: RankingIndex, text: str) -> list[str]:
        """Pieces that all encoders read: all of a short plan; of a long one those that are most
        about what the casebook is about, each unlike those already chosen."""
        pieces = list(split(text, PIECE_COLUMNS))
        if len(pieces) <= PIECES:
            return pieces
        chosen = np.linspace(0, len(pieces) - 1, min(len(pieces), SCANNED)).round().astype(int)
        pieces = [pieces[i] for i in chosen]
        seen = self.kpis.encode([piece[:BEGINNING] for piece in pieces])
        of_cases = self.kpis.view(index.dense.vectors)
        about = np.sort(seen @ of_cases.T, axis=1)[:, -10:].mean(axis=1)
        alike = seen @ seen.T
        taken = [int(np.argmax(about))]
        while len(taken) < PIECES:
            worth = about - 0.5 * alike[:, taken].max(axis=1)
            worth[taken] = -np.inf
            taken.append(int(np.argmax(worth)))
        return [pieces[i] for i in sorted(taken)]

    def _told(
        self, index: RankingIndex, pieces: list[str], vectors: Floats, language: str | None
    ) -> Texts | None:
        if not len(vectors):
            return None
        return self.tags.reader.text(index, vectors, "\n".join(pieces), language)

    def _chances(
        self,
        told: Texts | None,
        scores: Doubles | None,
        clauses: list[Clause],
        language: str | None,
        without: int | None,
    ) -> tuple[dict[str, Doubles], dict[str, list[list[Span]]]]:
        """Probability of each value of each facet, and the clauses that speak for each value."""
        if told is None or scores is None:
            return {}, {}
        chances = self.tag_chances(told, scores, without)
        small = self.kpis.encode([clause.text for clause in clauses])
        centred = unit(small - self.kpis.view(self.tags.reader.centre(language)))
        led = {}
        for facet, model in self.tags.facets.items():
            led[facet] = _evidence(
                centred @ model.weights[: self.kpis.dimensions], clauses, model.exclusive
            )
        for facet in self.kpis.values:
            scores = self.kpis.of_clauses(facet, small)
            chances[facet] = self.kpis.probabilities(facet, scores)
            led[facet] = _evidence(scores, clauses, True)
        return chances, led

    def _likely(
        self, facet: str, chances: dict[str, Doubles], led: dict[str, list[list[Span]]]
    ) -> list[Inference]:
        if facet not in chances:
            return []
        order = np.argsort(-chances[facet], kind="stable")
        return [
            Inference(
                value=self.values(facet)[i],
                confidence=round(float(chances[facet][i]), 3),
                evidence=led[facet][i],
            )
            for i in order
            if chances[facet][i] >= SHOWN[facet]
        ]

    def _one(
        self,
        facet: str,
        stated: str | None,
        chances: dict[str, Doubles],
        led: dict[str, list[list[Span]]],
    ) -> Inference | None:
        if stated:
            return Inference.stated(stated)
        return next(iter(self._likely(facet, chances, led)), None)

    def _kind(
        self,
        plan: Plan,
        category: Inference | list[Inference] | None,
        chances: dict[str, Doubles],
        led: dict[str, list[list[Span]]],
    ) -> Inference | None:
        """A kind is only read where it lies under the category that was read."""
        kind = self._one("plan_kind", plan.plan_kind, chances, led)
        if kind is None or kind.source == "stated" or not isinstance(category, Inference):
            return kind if kind is not None and kind.source == "stated" else None
        return kind if taxonomy().category_of(str(kind.value)) == category.value else None

    def _compared(self, facet: str, plan: Plan, chances: dict[str, Doubles]) -> Doubles | None:
        """Probabilities that cases are compared by: what was stated is nearly certain, what a
        list does not name is as likely as usual; None where nothing is known."""
        stated = getattr(plan, facet)
        wanted = [stated] if isinstance(stated, str) else stated
        options, usual = self.values(facet), self.usual[facet]
        known = [options.index(value) for value in wanted or () if value in options]
        if not known:
            return chances.get(facet)
        row = usual.copy() if isinstance(stated, list) else usual * (1 - STATED)
        row[known] = STATED + (0.0 if isinstance(stated, list) else row[known])
        return row

    def _places(self, text: str) -> tuple[list[Inference], frozenset[int]]:
        """Places of the casebook that a text names."""
        found = self._gazetteer.find(text)
        if not found:
            return [], frozenset()
        normalised = Normalised.of(text)
        places: dict[str, Inference] = {}
        for match in found:
            span = _first_name(normalised, text, self._names[match.document])
            if span is not None and span.text not in places:
                places[span.text] = Inference(value=span.text, confidence=0.9, evidence=[span])
        return list(places.values())[:MOST_SHOWN], frozenset(m.document for m in found)


def _with_votes(
    chances: Doubles, votes: Doubles, usual: Doubles, power: float, several: bool
) -> Doubles:
    """Probabilities of values raised by how much likelier than usual the votes make them."""
    chances, votes, usual = (np.clip(p, 1e-3, 1 - 1e-3) for p in (chances, votes, usual))
    if several:
        odds = chances / (1 - chances)
        odds *= (votes / (1 - votes) / (usual / (1 - usual))) ** power
        return np.asarray(odds / (1 + odds), dtype=np.float64)
    raised = chances * votes**power
    return np.asarray(raised / raised.sum(), dtype=np.float64)


def _first_name(normalised: Normalised, text: str, names: list[str]) -> Span | None:
    for form in sorted({f for name in names for f in forms(name)}, key=len, reverse=True):
        at = normalised.text.find(form)
        if at >= 0:
            start, end = normalised.original_span(at, at + len(form))
            return Span(start=start, end=end, text=text[start:end])
    return None


def _evidence(scores: Doubles, clauses: list[Clause], among: bool) -> list[list[Span]]:
    """For each value the clauses that raise its score most, in the order of the text.

    ``among``: a clause counts by how much it prefers a value to the others, so that one which
    raises them all leads to none.
    """
    if among:
        scores = scores - scores.mean(axis=1, keepdims=True)
    shown = []
    for column in scores.T:
        best = [int(i) for i in np.argsort(-column, kind="stable")[:EVIDENCE]]
        kept = [i for i in best if i == best[0] or column[i] > 0.5 * abs(column[best[0]])]
        shown.append([Span.of(clauses[i]) for i in sorted(kept)])
    return shown


def _population(plan: Plan) -> Inference | None:
    if plan.population is not None:
        return Inference.stated(plan.population)
    found = population_of(plan.text)
    if found is None:
        return None
    return Inference(
        value=found.value, confidence=found.confidence, evidence=[Span.of(found.clause)]
    )


def _language(plan: Plan, found: tuple[str, float] | None) -> Inference | None:
    if plan.language is not None:
        return Inference.stated(plan.language)
    return Inference(value=found[0], confidence=found[1]) if found else None


def _encoded(index: RankingIndex, pieces: list[str]) -> Floats:
    """Vectors of pieces, shape (pieces, d); those of a long plan on two cores at once."""
    if not pieces:
        return np.zeros((0, index.dense.vectors.shape[1]), dtype=np.float32)
    half = len(pieces) // 2
    if half < 2:
        return index.dense.encode_passages(pieces)
    with ThreadPoolExecutor(2) as pool:
        both = pool.map(index.dense.encode_passages, (pieces[:half], pieces[half:]))
        return np.concatenate(list(both))
