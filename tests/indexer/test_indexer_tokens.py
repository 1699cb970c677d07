"""Tokens are cut once for each text, and again when the words they were cut by change."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from indexer_samples import NISHIAWAKURA, SABAE, Copy, add_lesson, path_of

from indexer.build import build_index
from indexer.generation import Generations
from indexer.text import TextAnalyser
from indexer.tokens import FILE, TokenCache

TEXTS = ["道之驛西土佐販售四萬十牛", "Sabae のめがね", "", "。", "2016 年"]


class Counting(TextAnalyser):
    """An analyser that tells how many texts it cut."""

    cut = 0

    def tokens(self, text: str) -> list[str]:
        self.cut += 1
        return super().tokens(text)


def test_what_is_kept_is_what_was_cut(tmp_path: Path) -> None:
    first = TokenCache(Counting(["西土佐"]))
    cut = [first.tokens(text) for text in TEXTS]
    assert cut == [TextAnalyser(["西土佐"]).tokens(text) for text in TEXTS]
    first.save(tmp_path)
    analyser = Counting(["西土佐"])
    second = TokenCache.open(tmp_path, analyser)
    assert [second.tokens(text) for text in TEXTS if text.strip("。")] == [t for t in cut if t]
    assert analyser.cut <= 1, "at most the text without tokens is looked at again"


def test_other_words_cut_everything_again(tmp_path: Path) -> None:
    TokenCache(TextAnalyser()).save(tmp_path)
    kept = TokenCache(TextAnalyser())
    kept.tokens(TEXTS[0])
    kept.save(tmp_path)
    analyser = Counting(["道之驛西土佐"])
    opened = TokenCache.open(tmp_path, analyser)
    assert opened.tokens(TEXTS[0]) == analyser.tokens(TEXTS[0])
    assert opened.tokens(TEXTS[0]) != kept.tokens(TEXTS[0])


def test_only_what_was_asked_for_is_kept(tmp_path: Path) -> None:
    cache = TokenCache(TextAnalyser())
    for text in TEXTS:
        cache.tokens(text)
    cache.save(tmp_path)
    again = TokenCache.open(tmp_path, TextAnalyser())
    again.tokens(TEXTS[1])
    again.save(tmp_path)
    assert len(json.loads((tmp_path / FILE).read_text("utf-8"))["tokens"]) == 1


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30))
def test_a_cache_never_changes_what_a_text_is_cut_into(text: str) -> None:
    cache = TokenCache(TextAnalyser())
    assert cache.tokens(text) == cache.tokens(text) == TextAnalyser().tokens(text)


def test_a_generation_keeps_the_tokens_of_its_texts_and_no_others(
    copy_of: Copy, tmp_path: Path
) -> None:
    cases = copy_of(SABAE, NISHIAWAKURA)

    def kept() -> set[str]:
        generations = Generations(tmp_path / "index")
        folder = generations.folder / generations.published()
        return set(json.loads((folder / FILE).read_text("utf-8"))["tokens"])

    build_index(cases, tmp_path / "index", encoder="fast")
    before = kept()
    add_lesson(cases, SABAE, "又及。")
    build_index(cases, tmp_path / "index", encoder="fast")
    assert kept() - before
    assert before & kept()
    path_of(cases, SABAE).unlink()
    build_index(cases, tmp_path / "index", encoder="fast")
    assert kept() < before
