"""``kb review``: what a maintainer learns of a new file, in every form."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import Result
from kb_samples import CASES, write
from typer.testing import CliRunner

from indexer.live import open_published
from indexer.review import CaseReader
from kb.casebook import load_casebook, read_shelf
from kb.casefile import case_of, read_case_file
from kb.cli import app
from kb.draft import read_draft
from kb.review import copied_from, review_files
from kb.reviewforms import MARK, WORDS, to_text

CHOSEN = [
    *sorted(path.stem for path in (CASES / "jp").glob("jp-f*.md"))[:4],
    "de-niedersachsen-juhnde-bioenergy-village",
    "gb-dumfries-galloway-wigtown-book-town",
    "ie-cork-skibbereen-ludgate-hub",
    "jp-ehime-imabari-towel-brand",
    "jp-fukui-sabae-eyewear-medical-wearable",
    "jp-fukui-sabae-yurui-iju-jk-section",
    "jp-hokkaido-shimokawa-forest-biomass",
    "jp-hyogo-toyooka-kinosaki-one-inn",
    "jp-iwate-shiwa-ogal-ppp",
    "jp-oita-beppu-hatto-onpaku",
    "tw-changhua-lukang-kids-arts-festival",
]
SABAE = "jp-fukui-sabae-eyewear-medical-wearable"


def kb(folder: Path, *arguments: str) -> Result:
    options = ["--cases", str(folder / "cases"), "--index", str(folder / "index"), "--lang", "en"]
    return CliRunner().invoke(app, [*arguments, *options])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A casebook of real cases under git, and its index."""
    folder = tmp_path_factory.mktemp("review")
    for case_id in dict.fromkeys(CHOSEN):
        country = case_id[:2]
        (folder / "cases" / country).mkdir(parents=True, exist_ok=True)
        shutil.copy(CASES / country / f"{case_id}.md", folder / "cases" / country)
    cases, index = str(folder / "cases"), str(folder / "index")
    built = CliRunner().invoke(
        app, ["index", "--cases", cases, "--index", index, "--encoder", "fast"]
    )
    assert built.exit_code == 0, built.output
    for command in (
        ["init", "-q"],
        ["add", "cases"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "cases"],
    ):
        subprocess.run(["git", "-C", str(folder), *command], check=True)
    return folder


@pytest.fixture
def again(home: Path) -> Path:
    """The case of Sabae handed in once more under another id, with a figure nobody sourced."""
    text = (home / "cases" / "jp" / f"{SABAE}.md").read_text(encoding="utf-8")
    text = text.replace(SABAE, "jp-fukui-sabae-glasses-again")
    return write(home / "cases" / "jp" / "jp-fukui-sabae-glasses-again.md", text)


def test_a_case_handed_in_again_is_a_possible_duplicate(home: Path, again: Path) -> None:
    done = kb(home, "review", str(again), "--format", "json")
    assert done.exit_code == 0, done.output
    (review,) = json.loads(done.stdout[done.stdout.index("[") :])
    assert review["meaning"]["duplicates"][0]["id"] == SABAE
    assert {near["id"] for near in review["same_place"]} >= {SABAE}
    assert (review["copied"][0]["id"], review["copied"][0]["share"]) == (SABAE, 1.0)
    assert [tags["facet"] for tags in review["meaning"]["tags"]] == [
        "drivers",
        "topics",
        "plan_category",
        "setting",
    ]
    again.unlink()


def test_the_casebook_copies_nothing_from_itself() -> None:
    cases = list(load_casebook(CASES).cases.values())[::9]
    for case in cases:
        assert copied_from(case.body, [c for c in cases if c.id != case.id]) == []


def test_paraphrases_come_nearest_to_their_cases(home: Path) -> None:
    """One sentence, in one language, in other words: its case comes first."""
    reader = CaseReader(open_published(home / "index"))
    rows = yaml.safe_load((Path(__file__).parent / "data" / "paraphrases.yaml").read_text("utf-8"))
    template = read_case_file(CASES / "jp" / f"{SABAE}.md").case
    tried = first = 0
    for row in rows:
        if row["id"] not in CHOSEN:
            continue
        texts = {"zh_hant": row["text"], "ja": None, "en": None}
        if row["lang"] != "zh-Hant":
            texts = {"zh_hant": row["text"], "ja": row["text"], "en": None}
        if row["lang"] == "en":
            texts = {"zh_hant": row["text"], "ja": None, "en": row["text"]}
        told = template.summary.model_copy(update=texts)
        case = template.model_copy(
            update={"id": "jp-new", "title": told, "summary": told, "body": ""}
        )
        tried += 1
        first += reader.read(case).nearest[0].id == row["id"]
    assert tried >= 9
    assert first >= tried - 2  # the fast encoder; with the default ones all 15 come first


def test_diff_reviews_what_changed(home: Path, again: Path) -> None:
    subprocess.run(["git", "-C", str(home), "add", "-N", "cases"], check=True)
    done = kb(home, "review", "--diff", "HEAD", "--format", "markdown")
    assert done.stdout.startswith(MARK)
    assert done.stdout.count("\n### ") == 1
    assert "possible duplicates" in done.stdout
    again.unlink()
    subprocess.run(["git", "-C", str(home), "reset", "-q"], check=True)
    empty = kb(home, "review", "--diff", "HEAD", "--format", "markdown")
    assert "No case file" in empty.stdout
    for wrong in ("no-such-commit", "--output=x"):
        refused = kb(home, "review", f"--diff={wrong}")
        assert refused.exit_code in (1, 2)
        assert "Traceback" not in refused.output


def test_a_strangers_text_stays_text(home: Path) -> None:
    text = (home / "cases" / "jp" / f"{SABAE}.md").read_text(encoding="utf-8")
    nasty = "'<img src=x onerror=1> @everyone [x](http://evil.example) ```'"
    lines = [f"  zh-Hant: {nasty}" if n == 4 else line for n, line in enumerate(text.split("\n"))]
    path = write(home / "nasty.md", "\n".join(lines))
    shown = kb(home, "review", str(path), "--format", "markdown").stdout
    for live in ("<img", "@everyone", "](http", "```"):
        assert live not in shown
    assert "error" in shown


def test_a_broken_file_gets_its_findings(home: Path) -> None:
    path = write(home / "broken.md", "---\na: [\n---\n")
    done = kb(home, "review", str(path))
    assert done.exit_code == 1
    assert "yaml-syntax" in done.output
    assert kb(home, "review").exit_code == 2


def test_text_copied_from_a_source_is_seen(home: Path, again: Path) -> None:
    """The maintainer saves what a source says; what was taken over from it word for word shows."""
    body = again.read_text(encoding="utf-8").split("---\n", 2)[2]
    source = write(home / "source.txt", "前言。" + body[40:400] + "完。")
    other = write(home / "other.txt", "完全不相干的一篇文章，講的是別的事情，沒有一句相同。")
    options = ["--source-text", str(source), "--source-text", str(other), "--format", "json"]
    done = kb(home, "review", str(again), *options)
    (review,) = json.loads(done.stdout[done.stdout.index("[") :])
    assert str(source) in {copied["id"] for copied in review["copied"]}
    assert str(other) not in {copied["id"] for copied in review["copied"]}
    again.unlink()


def test_a_case_to_look_at(home: Path, again: Path) -> None:
    """The page stands alone: it runs and loads nothing, and says what the file says."""
    done = kb(home, "review", str(again), "--preview", str(home / "pages"))
    assert done.exit_code == 0, done.output
    page = (home / "pages" / "jp-fukui-sabae-glasses-again.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "src=" not in page
    assert "鯖江" in page
    assert 'id="source-' in page
    again.unlink()


def test_what_changes_in_search(home: Path) -> None:
    """A case that the casebook has no match for comes first for the question it answers."""
    text = (home / "cases" / "jp" / f"{SABAE}.md").read_text(encoding="utf-8")
    told = "用自行車旅遊路線帶客，自行車道串連沿線市町，租車與休息站讓自行車旅客留宿。"
    lines = text.split("\n---\n")[0].split("\n")
    lines = [
        f"  zh-Hant: {told}" if line.startswith("  zh-Hant: ") and len(line) > 60 else line
        for line in lines
    ]
    head = "\n".join(lines).replace(SABAE, "jp-fukui-bicycle-route")
    mark = text[text.index("[^") : text.index("]", text.index("[^")) + 1]
    path = write(
        home / "jp-fukui-bicycle-route.md",
        f"{head}\n---\n## 背景與課題\n{told}{mark}\n\n## 作法\n- 自行車路線{mark}。\n",
    )
    reader = CaseReader(open_published(home / "index"))
    case = case_of(read_draft(path))[0]
    assert case is not None
    first = reader.read(case.case).first_for
    assert any("自行車" in one.question for one in first)
    assert all(one.before in CHOSEN for one in first)


@pytest.mark.parametrize("lang", ["zh-Hant", "ja", "en"])
def test_a_review_is_told_in_each_language(home: Path, again: Path, lang: str) -> None:
    shown = to_text(review_files([again], read_shelf(home / "cases"), None), lang)
    assert WORDS["same place"][lang] in shown
    assert WORDS["not looked at"][lang] in shown
    assert all(set(words) == {"zh-Hant", "ja", "en"} for words in WORDS.values())
    again.unlink()
