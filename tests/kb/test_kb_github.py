"""Issue forms, the script behind them, hooks and workflows: all of it read or run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from kb_samples import CASES, VALID, write

from kb.errors import FormError
from kb.issueform import answers_of, read_form
from kb.lint import lint_bytes
from kb.reviewforms import MARK
from kb.taxonomy import taxonomy

ROOT = CASES.parent
FORM = ROOT / ".github" / "ISSUE_TEMPLATE" / "propose-case.yml"
SAID = {
    "country": "JP 日本 / Japan",
    "region": "北海道",
    "municipality": "置戶町",
    "latin": "Oketo",
    "subject": "woodcraft library",
    "title": "置戶町的木工",
    "setting": "mountain-village 山村 / Mountain village",
    "drivers": "- [X] talent 人才培育：…\n- [ ] leadership 推動主體明確：…",
    "sources": "https://www.town.oketo.hokkaido.jp/\nhttps://example.org/b。",
    "background": "林業衰退[^s1]。\n## 標題\n---",
    "approach": "- 訓練木工[^s2]。",
}


def form() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(FORM.read_text(encoding="utf-8"))
    return data


def filled(**changes: str) -> str:
    """What GitHub makes of the form when it is sent."""
    said = {**SAID, **changes}
    parts = []
    for field in form()["body"]:
        if field["type"] != "markdown":
            answer = said.get(field["id"]) or "_No response_"
            parts.append(f"### {field['attributes']['label']}\n\n{answer}")
    return "\n\n".join(parts)


def run(folder: Path, body: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / "case-from-form"), str(folder)]
    return subprocess.run(
        command,
        input=body,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )


def test_the_form_offers_the_closed_lists() -> None:
    fields = {field["id"]: field for field in form()["body"] if "id" in field}
    for name, facet in (
        ("country", "countries"),
        ("setting", "settings"),
        ("category", "plan_categories"),
    ):
        values = [option.split(" ")[0] for option in fields[name]["attributes"]["options"]]
        assert values == list(taxonomy().terms(facet))  # type: ignore[arg-type]
    drivers = [o["label"].split(" ")[0] for o in fields["drivers"]["attributes"]["options"]]
    assert drivers == list(taxonomy().drivers)
    assert set(taxonomy().sections) <= set(fields)
    for name, field in fields.items():
        assert field["attributes"]["label"].endswith(f"[{name}]")


def test_a_filled_form_becomes_a_case_file(tmp_path: Path) -> None:
    done = run(tmp_path, filled())
    assert done.returncode == 0, done.stderr
    path = Path(done.stdout.strip())
    assert path == tmp_path / "jp" / "jp-hokkaido-oketo-woodcraft-library.md"
    assert {f.code for f in lint_bytes(path, path.read_bytes())} == {"todo-left"}
    text = path.read_text(encoding="utf-8")
    assert "林業衰退[^s1]。" in text
    assert "lat: 43.68" in text
    assert "url: 'https://example.org/b'" in text
    assert text.count("\n---\n") == 1
    again = run(tmp_path, filled())
    assert (again.returncode, "exists already" in again.stderr) == (1, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"latin": ""},
        {"country": "XX Nowhere"},
        {"subject": "木工"},
        {"subject": "../../x", "latin": "../.."},
        {"title": "a: b\n---\n# x {{ }} '\"", "municipality": "*a &b !!python/name:os.system"},
        {"background": "---\n\x00<script>\n### x [region]\n\nfoo"},
    ],
)
def test_no_form_does_harm(tmp_path: Path, changes: dict[str, str]) -> None:
    done = run(tmp_path, filled(**changes))
    assert "Traceback" not in done.stderr
    written = list(tmp_path.rglob("*"))
    assert all(path.is_dir() or path.parent == tmp_path / "jp" for path in written)
    for path in tmp_path.rglob("*.md"):
        codes = {f.code for f in lint_bytes(path, path.read_bytes())}
        assert "yaml-syntax" not in codes
        assert "front-matter-unclosed" not in codes


def test_a_form_without_what_matters_is_refused() -> None:
    with pytest.raises(FormError, match="region"):
        answers_of(read_form("### Country [country]\n\nJP Japan\n"))
    assert read_form("") == {}


def workflows() -> dict[str, dict[str, Any]]:
    folder = ROOT / ".github" / "workflows"
    return {p.name: yaml.safe_load(p.read_text(encoding="utf-8")) for p in folder.glob("*.yml")}


def test_what_runs_for_forks_cannot_write_and_what_writes_runs_nothing_of_theirs() -> None:
    for name, flow in workflows().items():
        triggers = flow.get("on", flow.get(True))
        assert "pull_request_target" not in triggers
        steps = [step for job in flow["jobs"].values() for step in job["steps"]]
        if "pull_request" in triggers:
            assert flow["permissions"] == {"contents": "read"}, name
            assert all("secrets." not in str(step) for step in steps)
        if "workflow_run" in triggers:
            assert not any("run" in step or "checkout" in str(step.get("uses")) for step in steps)
        for step in steps:  # what a stranger chose never stands in a script
            script = str(step.get("run", "")) + str((step.get("with") or {}).get("script", ""))
            assert "${{" not in script, name


def test_hooks_name_commands_and_files() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    local = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [hook["entry"] for hook in hooks] == ["kb fmt", "kb lint"]
    for hook in [*hooks, *local["repos"][0]["hooks"]]:
        assert re.search(hook["files"], "cases/jp/jp-x.md")
        assert re.search(hook["exclude"], "cases/README.md")


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def test_scripts_of_the_review_workflow(tmp_path: Path) -> None:
    """The pull request's cases under the base's program, and the comment that comes of it."""
    for script in ("take-cases", "write-review"):
        write(tmp_path / "scripts" / script, (ROOT / "scripts" / script).read_text("utf-8"))
        (tmp_path / "scripts" / script).chmod(0o755)
    case = tmp_path / "cases" / "jp" / VALID.name
    write(case, VALID.read_text(encoding="utf-8"))
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "base")
    base = git(tmp_path, "rev-parse", "HEAD")
    git(tmp_path, "switch", "-qc", "fork")
    write(case, VALID.read_text(encoding="utf-8").replace("theme: deals", "theme: dealz"))
    write(tmp_path / "scripts" / "take-cases", "#!/bin/sh\necho taken over\n")
    git(tmp_path, "commit", "-qam", "change")
    git(tmp_path, "switch", "-q", "main")

    subprocess.run([tmp_path / "scripts" / "take-cases", "fork"], check=True)
    assert "dealz" in case.read_text(encoding="utf-8")
    assert "taken over" not in (tmp_path / "scripts" / "take-cases").read_text(encoding="utf-8")

    launcher = write(tmp_path / "kb", f'#!/bin/sh\nexec {sys.executable} -m kb.cli "$@"\n')
    launcher.chmod(0o755)
    env = {**os.environ, "KB": str(launcher), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [tmp_path / "scripts" / "write-review", base, "7", "out"]
    subprocess.run(command, check=True, cwd=tmp_path, env=env)
    assert (tmp_path / "out" / "number").read_text() == "7\n"
    comment = (tmp_path / "out" / "comment.md").read_text(encoding="utf-8")
    assert comment.startswith("<!-- kb review -->")
    assert "unknown-value" in comment

    assert list((tmp_path / "out" / "preview").iterdir()) == []  # of a broken file none is made
    git(tmp_path, "switch", "-qf", "fork")
    (tmp_path / "cases" / "jp" / "link.md").symlink_to("/etc/passwd")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "link")
    git(tmp_path, "switch", "-qf", "main")
    refused = subprocess.run(
        [tmp_path / "scripts" / "take-cases", "fork"], check=False, capture_output=True, text=True
    )
    assert refused.returncode == 1
    assert "symbolic links" in refused.stderr


POST = """
const script = require('fs').readFileSync(0, 'utf8')
const posted = []
const post = comment => posted.push(comment.body)
const issues = { listComments: 1, updateComment: post, createComment: post }
const github = {
  paginate: async () => [],
  rest: { issues, pulls: { get: async () => ({ data: { head: { sha: process.env.SHA } } }) } } }
const context = { repo: { owner: 'o', repo: 'r' } }
const Run = Object.getPrototypeOf(async function () {}).constructor
new Run('github', 'context', 'require', script)(github, context, require)
  .then(() => console.log(posted.length))
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="the script runs on node")
@pytest.mark.parametrize(
    ("body", "sha", "times"),
    [
        (f"{MARK}\n\nall &#64;well", "abc", 1),
        (f"{MARK}\n\nhello @everyone", "abc", 0),
        (f"{MARK}\n\n[x](https://evil.example)", "abc", 0),
        (f"{MARK}\n\n<img src=x>", "abc", 0),
        ("something else", "abc", 0),
        (f"{MARK}\n\nof another commit", "def", 0),
    ],
)
def test_the_comment_posted_is_kbs_own(tmp_path: Path, body: str, sha: str, times: int) -> None:
    """The script of review-comment.yml, run as GitHub runs it, on what a fork could hand it."""
    write(tmp_path / "review" / "number", "7\n")
    write(tmp_path / "review" / "comment.md", body)
    (step,) = (
        step
        for step in workflows()["review-comment.yml"]["jobs"]["comment"]["steps"]
        if "script" in (step.get("with") or {})
    )
    done = subprocess.run(
        ["node", "-e", POST],
        input=step["with"]["script"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "HEAD_SHA": "abc", "SHA": sha},
    )
    assert (done.stdout.strip(), done.stderr) == (str(times), "")
