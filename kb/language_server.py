"""The casebook in any editor that speaks the Language Server Protocol: ``kb lsp``.

While a case file is typed, everything that lint has to say stands on its line with the remedy;
closed lists, fields, sources and headings come up to choose from; what a field or a value means is
shown under the cursor; and formatting the document is ``kb fmt``. Only files in
``cases/<country>/`` are looked at. The protocol itself is pygls's.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlparse

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from kb.completion import choices_at, meaning_at
from kb.errors import FormatError
from kb.findings import Finding
from kb.formatting import format_case_text
from kb.lint import lint_bytes
from kb.model import LANGS, Lang

# After these characters an editor asks what may follow.
TRIGGERS = [" ", ":", "{", ",", "^", "#"]

_SEVERITY = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
}


class CaseServer(LanguageServer):
    """Serves one editor; ``lang`` is the language that it is told things in."""

    def __init__(self, lang: Lang | None = None) -> None:
        super().__init__("sosei-casebook", "1")
        self.lang: Lang = lang or "zh-Hant"
        self.lang_is_chosen = lang is not None

    def check(self, document: TextDocument) -> None:
        """Publish what lint finds in a document."""
        if not is_case(document.uri):
            return
        found = lint_bytes(_path(document.uri), document.source.encode("utf-8", "replace"))
        self.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(
                uri=document.uri,
                version=document.version,
                diagnostics=[self._diagnostic(finding, document) for finding in found],
            )
        )

    def _diagnostic(self, finding: Finding, document: TextDocument) -> lsp.Diagnostic:
        lines = document.lines
        line = min(max(finding.line - 1, 0), max(len(lines) - 1, 0))
        row = lines[line].rstrip("\r\n") if lines else ""
        start = min(max(finding.column - 1, 0), len(row))
        place = lsp.Range(lsp.Position(line, start), lsp.Position(line, len(row)))
        return lsp.Diagnostic(
            range=document.position_codec.range_to_client_units(lines, place),
            severity=_SEVERITY[finding.severity],
            code=finding.code,
            source="kb lint",
            message=f"{finding.message.get(self.lang)}\n{finding.remedy.get(self.lang)}",
        )


def is_case(uri: str) -> bool:
    """Whether a document lies where case files do: ``cases/<country>/<id>.md``."""
    path = _path(uri)
    return path.suffix == ".md" and len(path.parts) > 2 and path.parts[-3] == "cases"


def _path(uri: str) -> Path:
    return Path(unquote(urlparse(uri).path))


def lang_of_locale(locale: str | None) -> Lang:
    """The casebook's language that is nearest to an editor's."""
    spoken = (locale or "").lower()
    return next((lang for lang in LANGS if spoken[:2] == lang[:2].lower()), "en")


def server(lang: Lang | None = None) -> CaseServer:
    """A server; without ``lang`` it speaks the editor's language."""
    serving = CaseServer(lang)

    @serving.feature(lsp.INITIALIZE)
    def _initialize(params: lsp.InitializeParams) -> None:
        if not serving.lang_is_chosen:
            serving.lang = lang_of_locale(params.locale)

    @serving.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def _opened(params: lsp.DidOpenTextDocumentParams) -> None:
        serving.check(serving.workspace.get_text_document(params.text_document.uri))

    @serving.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def _changed(params: lsp.DidChangeTextDocumentParams) -> None:
        serving.check(serving.workspace.get_text_document(params.text_document.uri))

    @serving.feature(
        lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=TRIGGERS)
    )
    def _complete(params: lsp.CompletionParams) -> lsp.CompletionList:
        return _completion(serving, params)

    @serving.feature(lsp.TEXT_DOCUMENT_HOVER)
    def _hover(params: lsp.HoverParams) -> lsp.Hover | None:
        document = serving.workspace.get_text_document(params.text_document.uri)
        if not is_case(document.uri):
            return None
        at = document.position_codec.position_from_client_units(document.lines, params.position)
        said = meaning_at(document.source, at.line, at.character, serving.lang)
        kind = lsp.MarkupKind.PlainText
        return lsp.Hover(lsp.MarkupContent(kind, said)) if said else None

    @serving.feature(lsp.TEXT_DOCUMENT_FORMATTING)
    def _format(params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
        document = serving.workspace.get_text_document(params.text_document.uri)
        return _formatting(serving, document)

    return serving


def _completion(serving: CaseServer, params: lsp.CompletionParams) -> lsp.CompletionList:
    document = serving.workspace.get_text_document(params.text_document.uri)
    if not is_case(document.uri):
        return lsp.CompletionList(is_incomplete=False, items=[])
    codec, lines = document.position_codec, document.lines
    at = codec.position_from_client_units(lines, params.position)
    found = choices_at(document.source, at.line, at.character, serving.lang)
    typed = lsp.Range(lsp.Position(at.line, found.start), lsp.Position(at.line, at.character))
    place = codec.range_to_client_units(lines, typed)
    items = [
        lsp.CompletionItem(
            label=choice.label,
            detail=choice.detail or None,
            documentation=choice.meaning or None,
            kind=lsp.CompletionItemKind.Value,
            sort_text=f"{number:03}",
            filter_text=choice.text,
            text_edit=lsp.TextEdit(place, choice.text),
        )
        for number, choice in enumerate(found.choices)
    ]
    return lsp.CompletionList(is_incomplete=False, items=items)


def _formatting(serving: CaseServer, document: TextDocument) -> list[lsp.TextEdit]:
    """The document in canonical form; nothing, with a word on why, if it cannot be read."""
    if not is_case(document.uri):
        return []
    try:
        text = format_case_text(document.source, str(_path(document.uri)))
    except FormatError as error:
        serving.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, str(error)))
        return []
    if text == document.source:
        return []
    whole = lsp.Range(lsp.Position(0, 0), lsp.Position(len(document.lines), 0))
    return [lsp.TextEdit(whole, text)]
