"""Which cases are an answer at all: nonsense should find nothing.

A score says how far a case stands out from ordinary passages, and for any string of letters some
case stands out a little. What tells sense from nonsense is whether the casebook knows the words
and, where it does not, whether encoders that read in different ways agree on the case.
"""

from __future__ import annotations

import numpy as np

from indexer.encoders import Floats, load_encoder
from indexer.encoders.e5 import E5Encoder
from indexer.names import is_latin, spaced
from indexer.ranking import Mask, Mode, Ranking, RankingIndex
from indexer.text import normalise

# Below this score a case is no answer: nothing of it stands out from ordinary passages. Of 629
# planners' queries (bench/queries/casebook.jsonl) the case that was meant scores 2.6 or more.
WORTH_SHOWING: dict[Mode, float] = {"hybrid": 2.5, "dense": 2.5, "lexical": 0.02}

# Every one of these queries shares 0.31 or more of its words, weighed by rarity, with the
# casebook. Of 54 strings such as "zzzz qqqq", 囧囧囧 and ほげほげ all but five share 0.11 or less;
# the five are "a", "x y z", "test", "' OR 1=1 --" and a sentence.
KNOWN = 0.2

# Where less is known, every encoder by itself must find that the case stands out. USE and e5 do
# so together on one case up to 2.94 for these strings, and beyond 3.2 for 7 of 480 random ones,
# but also for "whisky" or "hydropower", which the casebook has in other languages. What e5's
# vocabulary holds in few pieces is a word of some language ("crowdfunding", 蜂蜜: of 854 strings of
# nonsense 39 look so, one of them above 2.75). USE alone reaches 4.8 on nonsense.
AGREED = 3.2
AGREED_ON_WORDS = 2.75
ALONE = 5.0
LETTERS_A_PIECE = 3.0  # of a Latin word
CHARACTERS_A_PIECE = 2.0  # of other scripts


def answers(index: RankingIndex, text: str, mode: Mode, ranking: Ranking) -> Mask:
    """The documents that are worth showing for a query, shape (documents,)."""
    worth: Mask = ranking.documents >= WORTH_SHOWING[mode]
    if mode != "lexical" and known_share(index, text) < KNOWN:
        worth &= agreement(index, text) >= _agreement_needed(index, text)
    for document in ranking.named:
        worth[document] = np.isfinite(ranking.documents[document])
    return worth


def known_share(index: RankingIndex, text: str) -> float:
    """How much of a query the casebook's passages know, in [0, 1]: the rarity of its known
    tokens over the rarity of all."""
    rarities = np.array([index.rarity(token) for token in index.analyser.tokens(text)])
    total = float(rarities.sum())
    return float(rarities[rarities < 1].sum()) / total if total else 0.0


def agreement(index: RankingIndex, text: str) -> Floats:
    """The score that every encoder, by itself, gives each document at least, in standard
    deviations above its ordinary passage; shape (documents,)."""
    query = index.dense.encode_questions([text])[0]
    least = np.full(len(index.ids), np.inf, dtype=np.float32)
    start = 0
    for part in index.dense.parts:
        end = start + len(part.passage_mean)
        scores = index.dense.vectors[:, start:end] @ query[start:end]
        spread = max(float(scores.std()), 1e-6)
        standing = np.asarray((scores - scores.mean()) / spread, dtype=np.float32)
        least = np.minimum(least, index.by_document(standing))
        start = end
    return least


def _agreement_needed(index: RankingIndex, text: str) -> float:
    """How far a case must stand out for a query whose words are not the casebook's."""
    encoders = [part.view.encoder for part in index.dense.parts]
    if len(encoders) == 1:
        return ALONE
    if "e5" in encoders and _reads_as_words(text):
        return AGREED_ON_WORDS
    return AGREED


def _reads_as_words(text: str) -> bool:
    """Whether e5's vocabulary holds a text in pieces as long as those of words are."""
    encoder = load_encoder("e5")
    if not isinstance(encoder, E5Encoder):
        return False
    form = normalise(text)
    names = encoder.weights.pieces
    pieces = sum(names[piece][0] != "▁" for piece in encoder.tokens(form))
    letters = sum(character.isalpha() for character in form)
    usual = LETTERS_A_PIECE if is_latin(spaced(form)) else CHARACTERS_A_PIECE
    return letters >= usual * max(pieces, 1)
