"""Write a star model as one ONNX graph: whole-number weights and products, no torch in sight.

onnxruntime's own dynamic quantisation takes one activation scale over the whole batch, so that a text's result
depends on its neighbours. Here the inputs of a layer's products have fixed scales, measured on a sample of texts
(ranges.py), but for the wide input of the second dense product: its size differs so much between texts that each
token gets a scale of its own, in plain nodes. Whole-number products are exact: a text's result is the same in any
batch. Weights use 7 bits (-64..64): with 8, processors without VNNI instructions overflow in u8 x s8 products, and
would give other stars. All texts of a batch have the same length, so there is no mask.
"""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cxtext.train.stars.model import Encoded
from cxtext.train.stars.ranges import Range, measured_ranges

Floats32 = NDArray[np.float32]

DOMAIN: Final = "com.microsoft"
WEIGHT_LIMIT: Final = 64
TABLE_LIMIT: Final = 127
# Of a wide input: its zero among 0..255, and the least step. GELU is never under -0.17: 32 such steps hold that.
WIDE_ZERO: Final = 32
WIDE_STEP: Final = 0.17 / WIDE_ZERO
OPSET: Final = 17


@dataclass(frozen=True)
class _Graph:
    """Nodes and constants of the graph under construction, in order; floats throughout if `ranges` is None."""

    tensors: dict[str, Floats32]
    shape: dict[str, int]
    eps: float
    ranges: dict[str, Range] | None
    nodes: list[Any] = field(default_factory=list)
    constants: dict[str, Any] = field(default_factory=dict)

    def constant(self, name: str, value: Any, kind: type[np.generic] = np.float32) -> str:
        """Add a constant once; return its name."""
        from onnx import numpy_helper

        if name not in self.constants:
            # ascontiguousarray makes a row of a single number
            whole = np.ascontiguousarray(np.asarray(value, kind)).reshape(np.shape(value))
            self.constants[name] = numpy_helper.from_array(whole, name)
        return name

    def node(self, kind: str, inputs: list[str], output: str, *, domain: str = "", **settings: Any) -> str:
        """Add a node with one output, once; return the output's name."""
        from onnx import helper

        if all(node.output[0] != output for node in self.nodes):
            made = helper.make_node(kind, inputs, [output], name=output, domain=domain, **settings)
            self.nodes.append(made)
        return output

    def norm(self, value: str, name: str, out: str) -> str:
        """Add a layer normalisation; onnxruntime's fused SkipLayerNormalization takes five times as long."""
        parts = [
            self.constant(f"{name}.{part}", self.tensors[f"{name}.{part}"]) for part in ("weight", "bias")
        ]
        return self.node("LayerNormalization", [value, *parts], out, axis=-1, epsilon=self.eps)


def export_onnx(
    folder: Path, out: Path, sample: Encoded | None = None, known: dict[str, Range] | None = None
) -> None:
    """Write the model that `model.save` left in `folder` as `out`.

    `sample` holds encoded texts, some hundred of all kinds, whose activations set the scales of whole numbers;
    without it the graph has float weights. `known` are the ranges of the graph that the weights were read from:
    with them matrices stay the same whole numbers. Inputs `input_ids` and `token_type_ids`, int64 (texts, tokens) of
    texts of one length; output `logits`, float32 (texts, 5).
    """
    import onnx
    from safetensors.numpy import load_file

    described = json.loads((folder / "shape.json").read_text("utf-8"))
    tensors = load_file(folder / "model.safetensors")
    parts = tensors, described["shape"], described["eps"]
    ranges = None if sample is None else _ranges(_Graph(*parts, ranges=None), sample, known or {})
    if ranges is not None:
        _make_attended_even(tensors, ranges, described["shape"]["layers"])
    onnx.save(_model(_Graph(*parts, ranges=ranges)), out)


def _ranges(graph: _Graph, sample: Encoded, known: dict[str, Range]) -> dict[str, Range]:
    """Return the range of each input of products but the wide ones, as a float graph computes them."""
    narrow = dict(_narrow_inputs(graph))
    largest = {
        value: np.max([np.abs(graph.tensors[name]).max(0) for name in weights], axis=0)
        for value, weights in narrow.items()
    }
    return measured_ranges(_model(graph, tuple(narrow)).SerializeToString(), largest, sample, known)


def _make_attended_even(tensors: dict[str, Floats32], ranges: dict[str, Range], layers: int) -> None:
    """Let values be as small as their range makes them: attention only averages them, so no node has to.

    Both arguments are changed in place; divisors are powers of two, which change no whole number of a weight.
    """
    for layer in range(layers):
        prefix, attended = f"encoder.encoder.layer.{layer}.attention.", f"layer{layer}_attended"
        found = ranges[attended]
        tensors[f"{prefix}self.value.weight"] /= found.smooth[:, None]
        tensors[f"{prefix}self.value.bias"] /= found.smooth
        tensors[f"{prefix}output.dense.weight"] *= found.smooth
        ranges[attended] = replace(found, smooth=np.ones_like(found.smooth))


def _narrow_inputs(graph: _Graph) -> list[tuple[str, list[str]]]:
    """Return the name of each such input, and of the matrices it is multiplied by."""
    found = []
    for layer in range(graph.shape["layers"]):
        prefix, out = f"encoder.encoder.layer.{layer}.", f"layer{layer}_"
        three = [f"{prefix}attention.self.{part}.weight" for part in ("query", "key", "value")]
        found += [
            (layer_input(layer), three),
            (f"{out}attended", [f"{prefix}attention.output.dense.weight"]),
            (f"{out}attention", [f"{prefix}intermediate.dense.weight"]),
        ]
    return found


def layer_input(layer: int) -> str:
    """Return the name of what a layer reads."""
    return "embedded_normed" if layer == 0 else f"layer{layer - 1}_output"


def _model(graph: _Graph, watched: tuple[str, ...] = ()) -> Any:
    """Return the ONNX model; values named in `watched` are outputs too."""
    from onnx import TensorProto, helper

    hidden = _embeddings(graph)
    for layer in range(graph.shape["layers"]):
        hidden = _layer(graph, layer, hidden)
    pooled = graph.node("ReduceMean", [hidden], "pooled", axes=[1], keepdims=0)
    head = [graph.constant(f"head_{part}", graph.tensors[f"head.{part}"]) for part in ("weight", "bias")]
    graph.node("Gemm", [pooled, *head], "logits", transB=1)
    axes = ["texts", "tokens"]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, axes)
        for name in ("input_ids", "token_type_ids")
    ]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["texts", 5])]
    outputs += [helper.make_tensor_value_info(name, TensorProto.FLOAT, [*axes, None]) for name in watched]
    return helper.make_model(
        helper.make_graph(graph.nodes, "stars", inputs, outputs, list(graph.constants.values())),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(DOMAIN, 1)],
        ir_version=9,
        producer_name="cxtext",
    )


def _embeddings(graph: _Graph) -> str:
    prefix = "encoder.embeddings."
    word = _word_embeddings(graph, graph.tensors[f"{prefix}word_embeddings.weight"])
    kinds = graph.constant("type_table", graph.tensors[f"{prefix}token_type_embeddings.weight"])
    kind = graph.node("Gather", [kinds, "token_type_ids"], "type_embedded")
    places = graph.constant("position_table", graph.tensors[f"{prefix}position_embeddings.weight"])
    size = graph.node("Shape", ["input_ids"], "size", start=1, end=2)
    first = graph.constant("zero", [0], np.int64)
    place = graph.node("Slice", [places, first, size, first], "position_embedded")
    total = graph.node("Add", [graph.node("Add", [word, kind], "word_and_type"), place], "embedded")
    return graph.norm(total, f"{prefix}LayerNorm", "embedded_normed")


def _word_embeddings(graph: _Graph, table: Floats32) -> str:
    from onnx import TensorProto

    if graph.ranges is None:
        return graph.node("Gather", [graph.constant("word_table", table), "input_ids"], "word_embedded")
    whole, scale = quantise_rows(table, TABLE_LIMIT)
    found = graph.node("Gather", [graph.constant("word_table", whole, np.int8), "input_ids"], "word_int8")
    scales = graph.node("Gather", [graph.constant("word_scale", scale[:, None]), "input_ids"], "word_scales")
    found = graph.node("Cast", [found], "word_float", to=TensorProto.FLOAT)
    return graph.node("Mul", [found, scales], "word_embedded")


def _layer(graph: _Graph, layer: int, hidden: str) -> str:
    prefix, out = f"encoder.encoder.layer.{layer}.", f"layer{layer}_"
    three = [
        _dense(graph, hidden, f"{prefix}attention.self.{part}", f"{out}{part}")
        for part in ("query", "key", "value")
    ]
    attended = graph.node(
        "MultiHeadAttention", three, f"{out}attended", domain=DOMAIN, num_heads=graph.shape["heads"]
    )
    hidden = _add_and_norm(graph, attended, hidden, f"{prefix}attention.output", f"{out}attention")
    wide = _dense(graph, hidden, f"{prefix}intermediate.dense", f"{out}wide")
    # the tanh form differs by less than a step of the bytes it becomes, and is faster
    kind = "Gelu" if graph.ranges is None else "FastGelu"
    active = graph.node(kind, [wide], f"{out}active", domain=DOMAIN)
    return _add_and_norm(graph, active, hidden, f"{prefix}output", f"{out}output")


def _add_and_norm(graph: _Graph, value: str, skip: str, name: str, out: str) -> str:
    dense = _dense(graph, value, f"{name}.dense", f"{out}_dense")
    return graph.norm(graph.node("Add", [dense, skip], f"{out}_sum"), f"{name}.LayerNorm", out)


def _dense(graph: _Graph, value: str, name: str, out: str) -> str:
    """Add value @ weight.T + bias; the weight `name` is (outputs, inputs)."""
    weight = graph.tensors[f"{name}.weight"]
    bias = graph.constant(f"{out}_bias", graph.tensors[f"{name}.bias"])
    if graph.ranges is None:
        product = graph.node("MatMul", [value, graph.constant(f"{out}_weight", weight.T)], f"{out}_product")
        return graph.node("Add", [product, bias], out)
    if value in graph.ranges:
        return _fixed_product(graph, value, graph.ranges[value], weight, bias, out)
    return _product_by_token(graph, value, weight, bias, out)


def _fixed_product(graph: _Graph, value: str, found: Range, weight: Floats32, bias: str, out: str) -> str:
    """Add the product of bytes with one scale for all texts; large inputs were made smaller by `smooth`."""
    scale = graph.constant(f"{value}_scale", found.step)
    zero = graph.constant(f"{value}_zero", found.zero, np.uint8)
    smooth = value
    if (found.smooth != 1).any():
        smaller = graph.constant(f"{value}_smaller", 1 / found.smooth)
        smooth = graph.node("Mul", [value, smaller], f"{value}_smooth")
    row = graph.node("QuantizeLinear", [smooth, scale, zero], f"{value}_bytes")
    whole, weight_scale = _whole_weight(graph, weight * found.smooth, out)
    inputs = [row, whole, scale, weight_scale, zero, "", bias]
    return graph.node("MatMulIntegerToFloat", inputs, out, domain=DOMAIN)


def _product_by_token(graph: _Graph, value: str, weight: Floats32, bias: str, out: str) -> str:
    """Add the product of bytes with a scale for each token, its largest input; a row is a token here."""
    rows = graph.constant("rows", [-1, graph.shape["ffn"]], np.int64)
    tokens = graph.node("Reshape", [value, rows], f"{value}_tokens")
    scale = _scale_by_token(graph, tokens)
    flat = graph.node("Reshape", [scale, graph.constant("flat", [-1], np.int64)], f"{value}_scales")
    zeros = graph.constant("wide_zeros", [WIDE_ZERO], np.uint8)
    zeros = graph.node("Expand", [zeros, graph.node("Shape", [flat], "token_count")], "token_zeros")
    row = graph.node("QuantizeLinear", [tokens, flat, zeros], f"{value}_bytes", axis=0)
    whole, weight_scale = _whole_weight(graph, weight, out)
    one, zero = graph.constant("one", 1), graph.constant("wide_zero", WIDE_ZERO, np.uint8)
    inputs = [row, whole, one, weight_scale, zero]
    product = graph.node("MatMulIntegerToFloat", inputs, f"{out}_unscaled", domain=DOMAIN)
    total = graph.node("Add", [graph.node("Mul", [product, scale], f"{out}_product"), bias], f"{out}_rows")
    return graph.node("Reshape", [total, graph.node("Shape", ["embedded"], "whole_shape")], out)


def _scale_by_token(graph: _Graph, tokens: str) -> str:
    """Add the scale (tokens, 1) of each token's bytes."""
    step = graph.constant("byte_step", 1 / (255 - WIDE_ZERO))
    largest = graph.node("ReduceMax", [tokens], f"{tokens}_max", axes=[-1])
    least = graph.constant("least_scale", WIDE_STEP)
    return graph.node("Max", [graph.node("Mul", [largest, step], f"{tokens}_step"), least], f"{tokens}_scale")


def _whole_weight(graph: _Graph, weight: Floats32, out: str) -> tuple[str, str]:
    """Return the names of a matrix in whole numbers (inputs, outputs), and of the scale of each output."""
    whole, scale = quantise_rows(weight, WEIGHT_LIMIT)
    return graph.constant(f"{out}_weight", whole.T, np.int8), graph.constant(f"{out}_weight_scale", scale)


def quantise_rows(weight: Floats32, limit: int) -> tuple[NDArray[np.int8], Floats32]:
    """Return `weight` (rows, columns) as whole numbers in -limit..limit, and the scale of each row (rows,)."""
    scale = np.maximum(np.abs(weight).max(1), 1e-12) / limit
    return np.round(weight / scale[:, None]).astype(np.int8), scale.astype(np.float32)
