"""``kb lsp`` as an editor meets it: a process of its own, spoken to over stdin and stdout."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from kb_samples import VALID
from lsprotocol import types as lsp
from pygls.lsp.client import BaseLanguageClient

from kb.language_server import is_case, lang_of_locale

NAME = "jp-fukui-sabae-example.md"
TEXT = VALID.read_text(encoding="utf-8")


class Editor:
    """An editor with one file open."""

    def __init__(self, client: BaseLanguageClient, path: Path) -> None:
        self.client, self.uri = client, path.as_uri()
        self.told: asyncio.Queue[lsp.PublishDiagnosticsParams] = asyncio.Queue()
        self.document = lsp.TextDocumentIdentifier(self.uri)
        self.version = 0

    def open(self, text: str) -> None:
        item = lsp.TextDocumentItem(self.uri, "markdown", 0, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def type(self, text: str) -> None:
        self.version += 1
        document = lsp.VersionedTextDocumentIdentifier(version=self.version, uri=self.uri)
        change = lsp.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(document, [change]))

    async def findings(self) -> list[lsp.Diagnostic]:
        return list((await asyncio.wait_for(self.told.get(), 30)).diagnostics)

    async def choices(self, line: int, character: int) -> list[lsp.CompletionItem]:
        place = lsp.Position(line, character)
        answer = await self.client.text_document_completion_async(
            lsp.CompletionParams(self.document, place)
        )
        assert isinstance(answer, lsp.CompletionList)
        return list(answer.items)


def edit(path: Path, walk: Callable[[Editor], Awaitable[None]], locale: str = "en-GB") -> None:
    """Run a walk with the server that speaks to an editor of that locale."""

    async def session() -> None:
        client = BaseLanguageClient("editor", "1")
        editor = Editor(client, path)

        @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def _told(params: lsp.PublishDiagnosticsParams) -> None:
            editor.told.put_nowait(params)

        await client.start_io(sys.executable, "-m", "kb.cli", "lsp")
        await client.initialize_async(
            lsp.InitializeParams(capabilities=lsp.ClientCapabilities(), locale=locale)
        )
        client.initialized(lsp.InitializedParams())
        try:
            await walk(editor)
        finally:
            await client.shutdown_async(None)
            client.exit(None)
            await client.stop()

    # A thread of its own: the browser tests keep a loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, session()).result()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cases" / "jp" / NAME


def test_findings_come_and_go_as_one_types(path: Path) -> None:
    async def walk(editor: Editor) -> None:
        editor.open(TEXT)
        assert await editor.findings() == []
        editor.type(TEXT.replace("theme: deals", "theme: dealz"))
        (finding,) = await editor.findings()
        line = TEXT.split("\n")[finding.range.start.line]
        assert (finding.code, finding.severity) == ("unknown-value", lsp.DiagnosticSeverity.Error)
        assert line[finding.range.start.character :].startswith("deals")
        assert "deals" in finding.message, "the remedy is told too"
        editor.type(TEXT)
        assert await editor.findings() == []

    edit(path, walk)


def test_findings_are_told_in_the_language_of_the_editor(path: Path) -> None:
    async def walk(editor: Editor) -> None:
        editor.open(TEXT.replace("title:", "titel:"))
        messages = [finding.message for finding in await editor.findings()]
        assert any("ありません" in message for message in messages), messages

    edit(path, walk, locale="ja")


def test_columns_are_those_of_the_protocol(path: Path) -> None:
    # A character beyond the basic plane is two units of UTF-16.
    text = TEXT.replace(
        "name: 醫療器材訂單交易額, tier: project-outcome", "name: 𠮷野, tier: outcome"
    )

    async def walk(editor: Editor) -> None:
        editor.open(text)
        (finding,) = await editor.findings()
        row = text.split("\n")[finding.range.start.line].encode("utf-16-le")
        said = row[finding.range.start.character * 2 :].decode("utf-16-le")
        assert said.startswith("outcome")

    edit(path, walk)


def test_choices_replace_what_was_typed(path: Path) -> None:
    lines = TEXT.split("\n")
    at = next(n for n, line in enumerate(lines) if "setting:" in line)
    lines[at] = "  setting: hot"

    async def walk(editor: Editor) -> None:
        editor.open("\n".join(lines))
        items = await editor.choices(at, len(lines[at]))
        chosen = next(item for item in items if item.label == "hot-spring-town")
        assert isinstance(chosen.text_edit, lsp.TextEdit)
        assert chosen.text_edit.range == lsp.Range(lsp.Position(at, 11), lsp.Position(at, 14))
        hover = await editor.client.text_document_hover_async(
            lsp.HoverParams(editor.document, lsp.Position(at, 4))
        )
        assert hover is not None
        assert isinstance(hover.contents, lsp.MarkupContent)
        assert hover.contents.value == "Kind of place"

    edit(path, walk)


def test_formatting_is_kb_fmt(path: Path) -> None:
    rough = TEXT.replace("  setting: industrial-city", "  setting:   industrial-city")

    async def walk(editor: Editor) -> None:
        async def formatted() -> Any:
            return await editor.client.text_document_formatting_async(
                lsp.DocumentFormattingParams(editor.document, lsp.FormattingOptions(2, True))
            )

        editor.open(rough)
        (edit_,) = await formatted()
        assert "\n  setting: industrial-city\n" in edit_.new_text
        editor.type(edit_.new_text)
        assert not await formatted()
        editor.type("---\n{: broken\n---\n")
        assert not await formatted()

    edit(path, walk)


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    async def walk(editor: Editor) -> None:
        editor.open("# A readme\n")
        assert await editor.choices(0, 2) == []
        assert editor.told.empty()

    edit(tmp_path / "README.md", walk)


@pytest.mark.parametrize(
    ("uri", "case"),
    [
        ("file:///home/me/casebook/cases/jp/jp-a-b.md", True),
        ("file:///home/me/%E5%89%B5%E7%94%9F/cases/tw/tw-a-b.md", True),
        ("file:///home/me/casebook/README.md", False),
        ("file:///cases/jp-a.md", False),
        ("untitled:Untitled-1", False),
    ],
)
def test_which_files_are_cases(uri: str, case: bool) -> None:
    assert is_case(uri) is case


@pytest.mark.parametrize(
    ("locale", "lang"),
    [("zh-tw", "zh-Hant"), ("zh-cn", "zh-Hant"), ("ja", "ja"), ("en-GB", "en"), (None, "en")],
)
def test_the_language_nearest_to_the_editors(locale: str | None, lang: str) -> None:
    assert lang_of_locale(locale) == lang
