"""The float weights of a shipped star model, read back from its ONNX graph, and as a transformers checkpoint.

The graph holds all weights: whole numbers with a scale per output row, and what their inputs were divided by, which
multiply out to floats. Mean pooling and a linear head commute, so the mean over the tokens of a token classifier's
logits is the star logits.
"""

import json
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cxtext import registry
from cxtext.engines import SHORT_NAMES
from cxtext.engines.star_checkpoint import OWN_KEY
from cxtext.engines.transformer import CALIBRATION_FILE, TOKENIZER_FILE, WEIGHTS_FILE
from cxtext.errors import MissingModelError, OutputError, UsageError, missing_extra
from cxtext.train.folder import written
from cxtext.train.stars.convert import SPECIAL
from cxtext.train.stars.export import layer_input
from cxtext.train.stars.ranges import Range

Floats32 = NDArray[np.float32]

_LABELS: Final = ("1 star", "2 stars", "3 stars", "4 stars", "5 stars")
# What export.py calls a product -> what transformers' BertModel calls its weights.
_PRODUCTS: Final = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "attention_dense": "attention.output.dense",
    "wide": "intermediate.dense",
    "output_dense": "output.dense",
}
_NORMS: Final = ("attention.output.LayerNorm", "output.LayerNorm")


@dataclass(frozen=True)
class FloatModel:
    """A star model in floats: `tensors` under the names of train.stars.model, shape and eps as its shape.json.

    `ranges` are those of the inputs of the graph's products; of a float graph there are none.
    """

    shape: dict[str, int]
    eps: float
    tensors: dict[str, Floats32]
    ranges: dict[str, Range]


def read_onnx(file: Path) -> FloatModel:
    """Return the weights that export.export_onnx wrote, whole numbers multiplied by their scales.

    Raises
    ------
    MissingModelError: onnx is not installed, or the graph is not one of export.py's.
    """
    try:
        import onnx
        from onnx import numpy_helper
    except ModuleNotFoundError as error:
        raise missing_extra("onnx", "train") from error
    graph = onnx.load(file).graph
    constants = {constant.name: numpy_helper.to_array(constant) for constant in graph.initializer}
    try:
        shape, eps = _described(graph, constants)
        return FloatModel(shape, eps, _tensors(constants, shape["layers"]), _ranges(constants))
    except (KeyError, StopIteration) as error:
        raise MissingModelError(
            f"{file}: no star model of cxtext train stars (lacks {error}); name another folder"
        ) from error


def _ranges(constants: dict[str, NDArray[Any]]) -> dict[str, Range]:
    names = [name.removesuffix("_zero") for name in constants if name.endswith("_zero")]
    return {
        name: Range.of_bytes(
            (1 / constants.get(f"{name}_smaller", np.ones(1))).astype(np.float32),
            float(constants[f"{name}_scale"]),
            int(constants[f"{name}_zero"]),
        )
        for name in names
        if f"{name}_scale" in constants
    }


def _layer_count(constants: dict[str, NDArray[Any]]) -> int:
    count = sum(name.startswith("layer") and name.endswith("_query_bias") for name in constants)
    if not count:
        raise KeyError("layer0_query_bias")  # a graph of another form
    return count


def _described(graph: Any, constants: dict[str, NDArray[Any]]) -> tuple[dict[str, int], float]:
    (vocabulary, hidden), positions = constants["word_table"].shape, len(constants["position_table"])
    shape = {
        "hidden": hidden,
        "layers": _layer_count(constants),
        "heads": int(_setting(graph, "MultiHeadAttention", "num_heads").i),
        "ffn": len(constants["layer0_wide_bias"]),
        "vocabulary": vocabulary,
        "positions": positions,
        "types": len(constants["type_table"]),
    }
    # ONNX keeps it as float32; the shortest decimal that it rounds to is what was meant.
    return shape, float(str(np.float32(_setting(graph, "LayerNormalization", "epsilon").f)))


def _setting(graph: Any, kind: str, name: str) -> Any:
    node = next(node for node in graph.node if node.op_type == kind)
    return next(attribute for attribute in node.attribute if attribute.name == name)


def _tensors(constants: dict[str, NDArray[Any]], layers: int) -> dict[str, Floats32]:
    table = constants["word_table"].astype(np.float32)
    embeddings = "encoder.embeddings."
    found = {
        f"{embeddings}word_embeddings.weight": table * constants.get("word_scale", np.float32(1)),
        f"{embeddings}position_embeddings.weight": constants["position_table"],
        f"{embeddings}token_type_embeddings.weight": constants["type_table"],
        "head.weight": constants["head_weight"],
        "head.bias": constants["head_bias"],
    }
    norms = [f"{embeddings}LayerNorm"]
    for layer in range(layers):
        prefix = f"encoder.encoder.layer.{layer}."
        norms += [f"{prefix}{norm}" for norm in _NORMS]
        found |= {f"{prefix}{name}": tensor for name, tensor in _layer(constants, layer).items()}
    found |= {f"{norm}.{part}": constants[f"{norm}.{part}"] for norm in norms for part in ("weight", "bias")}
    return {name: np.ascontiguousarray(tensor, dtype=np.float32) for name, tensor in found.items()}


def _layer(constants: dict[str, NDArray[Any]], layer: int) -> dict[str, NDArray[Any]]:
    before, out = layer_input(layer), f"layer{layer}_"
    inputs = {"attention_dense": f"{out}attended", "wide": f"{out}attention", "output_dense": f"{out}active"}
    weights = {
        f"{name}.weight": _product(constants, f"{out}{product}", inputs.get(product, before))
        for product, name in _PRODUCTS.items()
    }
    return weights | {
        f"{name}.bias": constants[f"{out}{product}_bias"] for product, name in _PRODUCTS.items()
    }


def _product(constants: dict[str, NDArray[Any]], name: str, value: str) -> NDArray[Any]:
    """Return a matrix (outputs, inputs) by which `value` is multiplied; a float graph has no scales."""
    one = np.ones(1, np.float32)
    by_output = constants.get(f"{name}_weight_scale", one)
    by_input = constants.get(f"{value}_smaller", one)
    product: Floats32 = (constants[f"{name}_weight"].astype(np.float32) * by_output).T * by_input
    return product


def write_float_model(model: FloatModel, folder: Path) -> None:
    """Write what train.stars.model.load reads."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    described = {"shape": model.shape, "eps": model.eps}
    (folder / "shape.json").write_text(json.dumps(described), "utf-8")
    partial = folder / "model.safetensors.part"
    save_file(model.tensors, partial)
    partial.replace(folder / "model.safetensors")


def transformer_asset(name_or_folder: str) -> registry.Asset:
    """Return a star model that ships, by its name, or any by its folder.

    Raises
    ------
    MissingModelError: there is no such model. UsageError: it is no transformer.
    """
    asset = registry.model(SHORT_NAMES.get(name_or_folder, name_or_folder))
    if asset.config.get("kind") != "transformer":
        raise UsageError(
            f"{name_or_folder}: not a transformer star model; name models/stars or one made from it"
        )
    return asset


def export_checkpoint(name_or_folder: str, out: Path) -> None:
    """Write a star model as a folder that transformers loads as BertForTokenClassification, and hf:`out` runs.

    config.json holds under `cxtext` what a token classifier knows nothing of: that logits are averaged over
    tokens, the calibration, the languages and how much is read.

    Raises
    ------
    MissingModelError: no such model, altered, or onnx not installed. UsageError: it is no transformer.
    OutputError: `out` exists or can't be written.
    """
    asset = transformer_asset(name_or_folder)
    model = read_onnx(asset.path(WEIGHTS_FILE))
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OutputError(f"{out}: exists already; choose another --out")
    staging = out.parent / f".{out.name}-{secrets.token_hex(6)}"
    try:
        with written(out):
            staging.mkdir(parents=True)
            _write_checkpoint(asset, model, staging)
            staging.replace(out)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _write_checkpoint(asset: registry.Asset, model: FloatModel, folder: Path) -> None:
    from safetensors.numpy import save_file

    renamed = {_transformers_name(name): tensor for name, tensor in model.tensors.items()}
    save_file(renamed, folder / "model.safetensors", metadata={"format": "pt"})
    shutil.copyfile(asset.path(TOKENIZER_FILE), folder / TOKENIZER_FILE)
    _write_json(folder / "config.json", _config(asset, model))
    _write_json(folder / "tokenizer_config.json", _tokenizer_config(model.shape["positions"]))


def _transformers_name(name: str) -> str:
    part, _, rest = name.partition(".")
    return f"{ {'encoder': 'bert', 'head': 'classifier'}[part] }.{rest}"


def _config(asset: registry.Asset, model: FloatModel) -> dict[str, Any]:
    shape = model.shape
    return {
        "architectures": ["BertForTokenClassification"],
        "model_type": "bert",
        "vocab_size": shape["vocabulary"],
        "hidden_size": shape["hidden"],
        "num_hidden_layers": shape["layers"],
        "num_attention_heads": shape["heads"],
        "intermediate_size": shape["ffn"],
        "max_position_embeddings": shape["positions"],
        "type_vocab_size": shape["types"],
        "layer_norm_eps": model.eps,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
        "pad_token_id": SPECIAL.index("<pad>"),
        "torch_dtype": "float32",
        "id2label": {str(index): label for index, label in enumerate(_LABELS)},
        "label2id": {label: index for index, label in enumerate(_LABELS)},
        OWN_KEY: {
            "pooling": "mean",
            "max_tokens": asset.config["max_tokens"],
            "languages": asset.config["languages"],
            "calibration": json.loads(asset.path(CALIBRATION_FILE).read_text("utf-8")),
            "made_of": {
                "name": asset.name,
                "version": asset.config["version"],
                "files": asset.config["files"],
            },
        },
    }


def _tokenizer_config(positions: int) -> dict[str, Any]:
    names = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    inputs = ["input_ids", "token_type_ids", "attention_mask"]
    described = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": positions}
    return described | {"model_input_names": inputs} | names


def _write_json(file: Path, value: dict[str, Any]) -> None:
    file.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", "utf-8")
