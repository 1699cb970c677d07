"""List every figure of every case beside the dossier line it is from.

    python bench/figures.py --cases cases --dossiers DIR [--also FILE …] [--all]

A dossier is DIR/<case id>.yaml; FILE is a text that every case may draw on. Figures are compared
by value, so that 2億7,000萬, 270,000,000 and 二億七千萬 agree, as do 平成25年 and 2013.
Without --all only the figures are printed for which no line was found. Exit 1 if there are any.
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import yaml

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "兩": 2, "两": 2}
SMALL = {"十": 10, "百": 100, "千": 1000}
LARGE = {"萬": 10**4, "万": 10**4, "億": 10**8, "亿": 10**8, "兆": 10**12}
ARABIC = r"\d+(?:,\d{3})*(?:\.\d+)?"
NUMBER = re.compile(
    rf"(?:{ARABIC}|[零〇一二兩两三四五六七八九十百千])(?:{ARABIC}|[零〇一二兩两三四五六七八九十百千萬万億亿兆]|\s+(?=[\d萬万億亿兆百千]))*"
)
ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018, "民國": 1911}
ENGLISH = {"thousand": 10**3, "million": 10**6, "billion": 10**9}


def _chinese(part: str) -> Decimal:
    """Value of a numeral below 10,000 written in characters; digits in a row are read as such."""
    if part and all(c in DIGITS for c in part):
        return Decimal("".join(str(DIGITS[c]) for c in part))
    total, digit = 0, 0
    for c in part:
        if c in SMALL:
            total += (digit or 1) * SMALL[c]
            digit = 0
        else:
            digit = DIGITS[c]
    return Decimal(total + digit)


def value(text: str) -> Decimal:
    """The value of one number in any mixture of Arabic and Chinese numerals."""
    total, section, pending = Decimal(0), Decimal(0), ""
    for token in re.findall(rf"{ARABIC}|[零〇一二兩两三四五六七八九十百千萬万億亿兆]", text):
        if token[0].isdigit() and token.isascii():
            section += Decimal(token.replace(",", ""))
        elif token in LARGE:
            section += _chinese(pending) if pending else 0
            total += (section or 1) * LARGE[token]
            section, pending = Decimal(0), ""
        elif token in SMALL and section and not pending:
            section *= SMALL[token]
        else:
            pending += token
    return total + section + (_chinese(pending) if pending else 0)


def values(line: str) -> set[Decimal]:
    """Every value a line can be read to state."""
    line = unicodedata.normalize("NFKC", line)
    found: set[Decimal] = set()
    for match in NUMBER.finditer(line):
        found.add(value(match.group()))
        for part in re.findall(ARABIC, match.group()):
            found.add(Decimal(part.replace(",", "")))
        after, before = line[match.end() :], line[: match.start()]
        if after.startswith("成"):
            found.add(value(match.group()) * 10)
        for name, start in ERAS.items():
            if before.rstrip().endswith(name):
                found.add(value(match.group()) + start)
        if re.match(r"\s*年", after) and value(match.group()) < 130:
            found.add(value(match.group()) + 1911)
        for word, factor in ENGLISH.items():
            if re.match(rf"\s*{word}", after):
                found.add(value(match.group()) * factor)
    for tens, ones in re.findall(r"([一二三四五六七八九])成([一二三四五六七八九半])", line):
        found.add(Decimal(DIGITS[tens] * 10 + (5 if ones == "半" else DIGITS[ones])))
    for low, high in re.findall(r"([一二三四五六七八九])[至到～~]([一二三四五六七八九])成", line):
        found |= {Decimal(DIGITS[low] * 10), Decimal(DIGITS[high] * 10)}
    if re.search(r"元年", line):
        found |= {Decimal(start + 1) for name, start in ERAS.items() if name in line}
    return {v.normalize() for v in found}


def figures(text: str) -> Iterator[tuple[int, str, Decimal]]:
    """(line number, figure as written, value) of each figure with Arabic digits in a case."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"\s*(- \{id: |id: |schema: |updated: |lat: |lon: )", line):
            continue
        plain = unicodedata.normalize("NFKC", re.sub(r"\[\^[\w-]+\]|source: [\w-]+", "", line))
        for match in re.finditer(rf"{ARABIC}(?:\s?[百千萬万億亿兆](?:{ARABIC})?)*", plain):
            yield number, match.group(), value(match.group()).normalize()


def main() -> int:
    """Print the table; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, default=Path("cases"))
    parser.add_argument("--dossiers", type=Path, required=True)
    parser.add_argument("--also", type=Path, nargs="*", default=[])
    parser.add_argument("--all", action="store_true")
    parser.add_argument("ids", nargs="*")
    args = parser.parse_args()
    also = [
        (f"{path.name}:{n}", values(line))
        for path in args.also
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    ]
    total = missing = 0
    for path in sorted(args.cases.rglob("*.md")):
        if args.ids and path.stem not in args.ids:
            continue
        dossier = (args.dossiers / f"{path.stem}.yaml").read_text(encoding="utf-8").splitlines()
        lines = [(f"{path.stem}.yaml:{n}", values(line)) for n, line in enumerate(dossier, 1)]
        lines += [
            (f"{path.stem}.yaml results", values(f"{r['value']}{r['unit']}"))
            for r in yaml.safe_load("\n".join(dossier)).get("results") or []
        ]
        for number, written, amount in figures(path.read_text(encoding="utf-8")):
            total += 1
            where = [name for name, stated in lines if amount in stated]
            where = where or [name for name, stated in also if amount in stated]
            missing += not where
            if args.all or not where:
                print(f"{path}:{number}\t{written}\t{', '.join(where[:4]) or 'NOT FOUND'}")
    print(f"{total} figures, {missing} not found", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
