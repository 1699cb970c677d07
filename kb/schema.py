"""From a draft to a :class:`Case`: the model's verdict, told as findings where they stand.

pydantic says what is wrong with which path; this module turns that into codes, places and
suggestions. Closed lists are the concern of ``rules``, not of the model.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Collection
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kb.draft import Draft
from kb.findings import Finding, same_in_all
from kb.frontmatter import Path
from kb.model import Case, Localised


def _texts(zh_hant: str, ja: str, en: str) -> Localised:
    return Localised.model_construct(zh_hant=zh_hant, ja=ja, en=en)


NAMES_OF_TYPES: dict[str, Localised] = {
    "text": _texts("文字", "文字列", "a text"),
    "whole": _texts("整數", "整数", "a whole number"),
    "number": _texts("數字", "数値", "a number"),
    "figure": _texts("數字或文字", "数値または文字列", "a number or a text"),
    "bool": _texts("true 或 false", "true か false", "true or false"),
    "list": _texts("清單", "リスト", "a list"),
    "mapping": _texts("「欄位: 值」的對照表", "「項目: 値」のマッピング", "a mapping of fields"),
    "date": _texts("日期", "日付", "a date"),
    "empty": _texts("空的", "空", "empty"),
}
_EXPECTED = {
    "string_type": "text",
    "int_type": "whole",
    "int_from_float": "whole",
    "float_type": "number",
    "bool_type": "bool",
    "list_type": "list",
    "dict_type": "mapping",
    "model_type": "mapping",
    "model_attributes_type": "mapping",
    "date_type": "date",
}
_ID_HINT = _texts(
    "只用小寫英文字母、數字和連字號，如 jp-fukui-sabae。",
    "英小文字・数字・ハイフンだけを使います（例 jp-fukui-sabae）。",
    "Use lower-case letters, digits and hyphens only, as in jp-fukui-sabae.",
)
_FORMAT_HINTS = {
    "id": _ID_HINT,
    "see_also": _texts(
        "寫案例的 id：檔名去掉 .md。",
        "事例の id（ファイル名から .md を除いたもの）を書きます。",
        "Give the id of a case: its file name without .md.",
    ),
    "country": _texts(
        "用兩個大寫字母的國家代碼，如 JP、TW。",
        "大文字二字の国コード（JP、TW など）を書きます。",
        "Use the two capital letters of the country, such as JP or TW.",
    ),
}
_QUOTE_HINT = _texts("加上引號。", "引用符で囲みます。", "Put it in quotes.")
_UNQUOTE_HINT = _texts("去掉引號。", "引用符を外します。", "Take the quotes away.")
_NO_HINT = _texts("", "", "")


def validate(draft: Draft) -> tuple[Case | None, list[Finding]]:
    """The case a draft describes, or None with what the model has against it."""
    if draft.data is None:
        return None, []
    internal = _internal_names(draft)
    try:
        case = Case.model_validate({**draft.data, "body": draft.body})
        return (None if internal else case), internal
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=True)
        return None, internal + _findings(draft, errors)


def _internal_names(draft: Draft) -> list[Finding]:
    """Names that the model goes by in Python, where a file has to use the written ones."""
    return [
        draft.finding(
            "unknown-key",
            path,
            at_key=True,
            name=path[-1],
            hint=_nearest_key(draft, path),
        )
        for path in draft.positions
        if path and (path == ("body",) or path[-1] in ("schema_version", "zh_hant"))
    ]


def _findings(draft: Draft, errors: list[ErrorDetails]) -> list[Finding]:
    by_path: dict[Path, list[ErrorDetails]] = defaultdict(list)
    for error in errors:
        by_path[_path(draft, error)].append(error)
    return [_finding(draft, path, group) for path, group in by_path.items()]


def _path(draft: Draft, error: ErrorDetails) -> Path:
    """The path in the data: pydantic appends the members of a union, which no file has."""
    path: Path = tuple(error["loc"])
    if error["type"] == "missing":
        return path
    if path and path[-1] == "[key]":
        return (*path[:-2], path[-2])
    while path and path not in draft.positions:
        path = path[:-1]
    return path


def _finding(draft: Draft, path: Path, errors: list[ErrorDetails]) -> Finding:
    error = errors[0]
    kind = error["type"]
    name = _name_at(path)
    value = draft.get(*path)
    if kind == "missing":
        return _missing(draft, path, name)
    if kind == "extra_forbidden":
        hint = _nearest_key(draft, path)
        return draft.finding("unknown-key", path, at_key=True, name=name, hint=hint)
    if value is None or any(e["type"] in ("string_too_short", "too_short") for e in errors):
        return draft.finding("empty-value", path, name=name)
    if len(errors) > 1:
        return _wrong_type(draft, path, "figure", value)
    if kind in _EXPECTED:
        return _wrong_type(draft, path, _EXPECTED[kind], value)
    return _bad_value(draft, path, name, error, value)


def _name_at(path: Path) -> str:
    """The field of a place, which for an item of a list is the list."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _missing(draft: Draft, path: Path, name: str) -> Finding:
    if name in ("zh-Hant", "ja", "en"):
        owner = str(path[-2])
        return draft.finding("missing-language", path, name=owner, lang=name)
    if name == "source" and len(path) > 1:
        entry = draft.text_at(*path[:-1], "name") or draft.text_at(*path[:-1], "what")
        return draft.finding("figure-without-source", path, name=entry or str(path[0]))
    return draft.finding("missing-field", path, name=name)


def _wrong_type(draft: Draft, path: Path, expected: str, value: Any) -> Finding:
    hint = _NO_HINT
    if expected == "text" and isinstance(value, bool | int | float):
        hint = _QUOTE_HINT
    elif expected in ("whole", "number", "bool") and isinstance(value, str):
        place = draft.positions.get(path)
        hint = _UNQUOTE_HINT if place is not None and place.style == "quoted" else _NO_HINT
    return draft.finding(
        "wrong-type",
        path,
        name=_name_at(path),
        expected=NAMES_OF_TYPES[expected],
        given=NAMES_OF_TYPES[_type_name(value)],
        hint=hint,
    )


def _type_name(value: Any) -> str:
    names: list[tuple[type, str]] = [
        (bool, "bool"),
        (int, "whole"),
        (float, "number"),
        (str, "text"),
        (list, "list"),
        (dict, "mapping"),
    ]
    return next((name for kind, name in names if isinstance(value, kind)), "empty")


def _bad_value(draft: Draft, path: Path, name: str, error: ErrorDetails, value: Any) -> Finding:
    kind, context = error["type"], error.get("ctx", {})
    if kind in ("greater_than_equal", "less_than_equal"):
        if name in ("year", "start", "end"):
            return draft.finding(
                "impossible-year", path, value=value, name=name, low=1000, high=2100
            )
        bound = {"lat": (-90, 90), "lon": (-180, 180)}.get(name, (context.get("ge", 0), "∞"))
        return draft.finding(
            "out-of-range", path, name=name, value=value, low=bound[0], high=bound[1]
        )
    if kind == "literal_error":
        hint = suggestion(closest(str(value), ["project", "municipality", "wider"]))
        return draft.finding("unknown-value", path, name=name, value=value, hint=hint)
    if kind == "too_long" and isinstance(value, list):
        most = context["max_length"]
        return draft.finding("too-many", path, name=name, count=len(value), most=most)
    if name == "updated":
        return draft.finding("bad-date", path, name=name, value=value)
    hint = _FORMAT_HINTS.get(name, same_in_all(str(error["msg"])))
    return draft.finding("bad-format", path, name=name, value=value, hint=hint)


def suggestion(nearest: str | None, known: str = "") -> Localised:
    """ "Did you mean …?", or the list of what is known when nothing comes near."""
    if nearest is not None:
        return _texts(
            f"是不是「{nearest}」？",
            f"「{nearest}」ではありませんか。",
            f"Did you mean '{nearest}'?",
        )
    if known:
        return _texts(f"可用的值：{known}。", f"使える値：{known}。", f"Known values: {known}.")
    return _texts("刪掉它。", "削除してください。", "Delete it.")


def closest(word: str, known: Collection[str]) -> str | None:
    """Which of the known a word was probably meant to be, if any is near."""
    match = difflib.get_close_matches(word.casefold(), known, n=1, cutoff=0.55)
    return match[0] if match else None


def _nearest_key(draft: Draft, path: Path) -> Localised:
    known = keys_at(path[:-1])
    present = draft.get(*path[:-1])
    # The key that was meant is more likely one that is not there yet.
    absent = [key for key in known if key not in present]
    nearest = closest(str(path[-1]), absent) or closest(str(path[-1]), known)
    if nearest is None and draft.get(*path) is None:
        return _texts(
            "若是前一個值的一部分（值裡有逗號），把整個值加引號；否則刪掉。",
            "前の値の一部（値の中の読点）なら値全体を引用符で囲み、そうでなければ削除します。",
            "If it belongs to the value before it, which holds a comma, quote that value; "
            "otherwise delete it.",
        )
    if nearest is None and known:
        listed = "、".join(known)
        return _texts(
            f"可用的欄位：{listed}。",
            f"使える項目：{listed}。",
            f"Known fields: {', '.join(known)}.",
        )
    return suggestion(nearest)


def keys_at(path: Path) -> list[str]:
    """The keys that the model knows at a path of the front matter (aliases as written)."""
    model: type[BaseModel] | None = Case
    for step in path:
        if isinstance(step, int):
            continue
        field = None if model is None else _field(model, step)
        model = None if field is None else _model_in(field)
    if model is None:
        return []
    keys = [field.alias or name for name, field in model.model_fields.items()]
    return [key for key in keys if key != "body"]


def _field(model: type[BaseModel], key: str) -> Any:
    for name, field in model.model_fields.items():
        if key == (field.alias or name):
            return field.annotation
    return None


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside ``X``, ``X | None`` or ``list[X]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (list, Union, UnionType):
        for argument in get_args(annotation):
            if (model := _model_in(argument)) is not None:
                return model
    return None
