"""The forms that a review is told in: text for a terminal, Markdown for a comment, JSON.

In Markdown everything that a reviewed file says is escaped: it may be a stranger's.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from kb.review import FileReview, Tags

MARK = "<!-- kb review -->"  # by which the comment on a pull request finds itself again

WORDS: dict[str, dict[str, str]] = {
    "empty": {
        "zh-Hant": "沒有新增或修改任何案例檔。",
        "ja": "追加・変更された事例ファイルはありません。",
        "en": "No case file was added or changed.",
    },
    "table": {
        "zh-Hant": "| 行 | | 代碼 | 問題 | 怎麼改 |",
        "ja": "| 行 | | コード | 内容 | 直し方 |",
        "en": "| line | | code | what | remedy |",
    },
    "lint": {"zh-Hant": "檢查", "ja": "検査", "en": "lint"},
    "counts": {
        "zh-Hant": "{} 個錯誤，{} 個提醒",
        "ja": "エラー {} 件、警告 {} 件",
        "en": "{} errors, {} warnings",
    },
    "figures": {
        "zh-Hant": "沒有出處的數字",
        "ja": "出典のない数字",
        "en": "figures without a source",
    },
    "line": {"zh-Hant": "第 {} 行", "ja": "{} 行目", "en": "line {}"},
    "same place": {
        "zh-Hant": "同一地方的案例",
        "ja": "同じ場所の事例",
        "en": "cases of the same place",
    },
    "copied": {
        "zh-Hant": "與其他案例或來源相同的文字",
        "ja": "他の事例や出典と同じ文章",
        "en": "text that other cases or sources have too",
    },
    "meaning": {"zh-Hant": "內容", "ja": "内容", "en": "meaning"},
    "not looked at": {
        "zh-Hant": "沒有比對：沒有索引，或還不是有效的案例",
        "ja": "見ていません：索引がないか、まだ有効な事例ではありません",
        "en": "not looked at: no index, or not yet a valid case",
    },
    "duplicates": {
        "zh-Hant": "可能重複的案例（1 以上）",
        "ja": "重複かもしれない事例（1 以上）",
        "en": "possible duplicates (1 and more)",
    },
    "first": {
        "zh-Hant": "現在會排第一的常見問題",
        "ja": "いまや最初に出る、よくある質問",
        "en": "usual questions that it is now first for",
    },
    "before": {"zh-Hant": "原為", "ja": "これまでは", "en": "before:"},
    "nearest": {"zh-Hant": "最相近的案例", "ja": "最も近い事例", "en": "nearest cases"},
    "tags": {"zh-Hant": "標籤", "ja": "タグ", "en": "tags"},
    "given": {"zh-Hant": "已標 {}", "ja": "付いている {}", "en": "given {}"},
    "suggested": {
        "zh-Hant": "；從內文看還有 {}",
        "ja": "；本文からは {} も",
        "en": "; the text also suggests {}",
    },
    "doubtful": {
        "zh-Hant": "；內文不太支持 {}",
        "ja": "；本文に {} の裏付けが乏しい",
        "en": "; little in the text speaks for {}",
    },
}


def to_json(reviews: Sequence[FileReview]) -> str:
    """Everything, as JSON."""
    return json.dumps([_document(review) for review in reviews], ensure_ascii=False, indent=2)


def _document(review: FileReview) -> dict[str, Any]:
    return {
        "file": review.file,
        "id": review.id,
        "title": review.title,
        "findings": [finding.to_dict() for finding in review.findings],
        "figures_without_source": len(review.figures_without_source),
        "same_place": [asdict(near) for near in review.same_place],
        "copied": [asdict(copied) for copied in review.copied],
        "meaning": None if review.meaning is None else asdict(review.meaning),
    }


def to_text(reviews: Sequence[FileReview], lang: str) -> str:
    """For a terminal."""
    if not reviews:
        return WORDS["empty"][lang]
    return "\n\n".join("\n".join(_lines(review, lang)) for review in reviews)


def _lines(review: FileReview, lang: str) -> list[str]:
    lines = [review.file]
    lines += [f"  {line}" for f in review.findings for line in f.to_text(lang).split("\n")]
    for heading, rows in _parts(review, lang):
        lines.append(f"  {heading}: {'—' if not rows else ''}".rstrip())
        lines += [f"    {row}" for row in rows]
    return lines


def to_markdown(reviews: Sequence[FileReview], lang: str) -> str:
    """For the one comment on a pull request; begins with :data:`MARK`."""
    parts = [MARK, "## kb review"]
    if not reviews:
        parts.append(WORDS["empty"][lang])
    for review in reviews:
        parts.append(f"### {_safe(review.id or review.file)}\n\n{_safe(review.title or '')}")
        if review.findings:
            rows = [
                f"| {f.line} | {f.severity} | {_safe(f.code)} | {_safe(f.message.get(lang))} "
                f"| {_safe(f.remedy.get(lang))} |"
                for f in review.findings
            ]
            parts.append("\n".join([WORDS["table"][lang], "|-|-|-|-|-|", *rows]))
        for heading, lines in _parts(review, lang):
            listed = "".join(f"\n- {_safe(line)}" for line in lines) or " —"
            parts.append(f"**{heading}**{listed}")
    return "\n\n".join(parts) + "\n"


def _parts(review: FileReview, lang: str) -> list[tuple[str, list[str]]]:
    """Headings and the lines under each."""

    def say(key: str, *values: object) -> str:
        return WORDS[key][lang].format(*values)

    errors = sum(finding.severity == "error" for finding in review.findings)
    parts = [
        (say("lint"), [say("counts", errors, len(review.findings) - errors)]),
        (say("figures"), [say("line", f.line) for f in review.figures_without_source]),
        (say("same place"), [f"{n.id}  {n.title}" for n in review.same_place]),
        (say("copied"), [f"{c.id}  {c.share:.0%}  {c.sample}…" for c in review.copied]),
    ]
    meaning = review.meaning
    if meaning is None:
        return [*parts, (say("meaning"), [say("not looked at")])]
    told = [_tags_line(tags, lang) for tags in meaning.tags if tags.suggested or tags.doubtful]
    return [
        *parts,
        (say("duplicates"), [f"{n.id}  {n.title}  ({n.score:.2f})" for n in meaning.duplicates]),
        (say("nearest"), [f"{n.id}  {n.title}  ({n.score:.2f})" for n in meaning.nearest]),
        (say("tags"), told),
        (
            say("first"),
            [f"{first.question}  ({say('before')} {first.before})" for first in meaning.first_for],
        ),
    ]


def _tags_line(tags: Tags, lang: str) -> str:
    line = f"{tags.facet}: {WORDS['given'][lang].format(', '.join(tags.given) or '—')}"
    if tags.suggested:
        line += WORDS["suggested"][lang].format(", ".join(tags.suggested))
    if tags.doubtful:
        line += WORDS["doubtful"][lang].format(", ".join(tags.doubtful))
    return line


def _safe(text: str) -> str:
    """A text of the file under review: no markup, no mention, no line end."""
    escaped = html.escape(" ".join(text.split()), quote=False)
    escaped = re.sub(r"([\\`*_\[\]()|#~!])", r"\\\1", escaped)
    return escaped.replace("@", "&#64;").replace("://", "&#58;//")
