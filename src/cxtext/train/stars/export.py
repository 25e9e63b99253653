"""Write a star model as one ONNX graph: whole-number weights, a scale per row of activations, no torch in sight.

onnxruntime's own dynamic quantisation takes one activation scale over the whole batch, so that a text's result
depends on its neighbours. Here each token's activations get a scale of their own, in plain nodes before an
integer product, which is exact: a text's result is the same in any batch. Weights use 7 bits (-64..64): with
8, processors without VNNI instructions overflow in u8 x s8 products, and would give other stars.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats32 = NDArray[np.float32]

DOMAIN: Final = "com.microsoft"
WEIGHT_LIMIT: Final = 64
TABLE_LIMIT: Final = 127
OPSET: Final = 17


@dataclass(frozen=True)
class _Graph:
    """Nodes and constants of the graph under construction, in order."""

    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Add a constant once; return its name."""
        from onnx import numpy_helper

        if all(existing.name != name for existing in self.constants):
            self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(
        self, kind: str, inputs: Sequence[str], output: str, *, domain: str = "", **settings: Any
    ) -> str:
        """Add a node with one output; return the output's name."""
        from onnx import helper

        self.nodes.append(
            helper.make_node(kind, list(inputs), [output], name=output, domain=domain, **settings)
        )
        return output


def export_onnx(folder: Path, out: Path, *, quantised: bool = True) -> None:
    """Write the model that `model.save` left in `folder` as `out` (float weights if not `quantised`).

    Inputs `input_ids`, `token_type_ids`, `attention_mask`, all int64 (texts, tokens); output `logits`,
    float32 (texts, 5).
    """
    import onnx
    from onnx import TensorProto, helper
    from safetensors.numpy import load_file

    described = json.loads((folder / "shape.json").read_text("utf-8"))
    shape, eps = described["shape"], described["eps"]
    tensors = load_file(folder / "model.safetensors")
    graph = _Graph()
    hidden = _embeddings(graph, tensors, eps, quantised=quantised)
    mask = graph.node("Cast", ["attention_mask"], "mask_int32", to=TensorProto.INT32)
    for layer in range(shape["layers"]):
        hidden = _layer(graph, tensors, layer, hidden, mask, shape["heads"], eps, quantised=quantised)
    _pooled_logits(graph, tensors, hidden)
    axes = ["texts", "tokens"]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, axes)
        for name in ("input_ids", "token_type_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["texts", 5])
    model = helper.make_model(
        helper.make_graph(graph.nodes, "stars", inputs, [output], graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(DOMAIN, 1)],
        ir_version=9,
        producer_name="cxtext",
    )
    onnx.save(model, out)


def _embeddings(graph: _Graph, tensors: dict[str, Floats32], eps: float, *, quantised: bool) -> str:
    prefix = "encoder.embeddings."
    word = _word_embeddings(graph, tensors[f"{prefix}word_embeddings.weight"], quantised=quantised)
    kinds = graph.constant("type_table", tensors[f"{prefix}token_type_embeddings.weight"])
    kind = graph.node("Gather", [kinds, "token_type_ids"], "type_embedded")
    places = graph.constant("position_table", tensors[f"{prefix}position_embeddings.weight"])
    size = graph.node("Shape", ["input_ids"], "size", start=1, end=2)
    zero, axis = graph.constant("zero", np.array([0])), graph.constant("axis_0", np.array([0]))
    place = graph.node("Slice", [places, zero, size, axis], "position_embedded")
    total = graph.node("Add", [graph.node("Add", [word, kind], "word_and_type"), place], "embedded")
    return graph.node(
        "LayerNormalization",
        [total, *_norm(graph, tensors, f"{prefix}LayerNorm")],
        "embedded_normed",
        axis=-1,
        epsilon=eps,
    )


def _word_embeddings(graph: _Graph, table: Floats32, *, quantised: bool) -> str:
    from onnx import TensorProto

    if not quantised:
        return graph.node("Gather", [graph.constant("word_table", table), "input_ids"], "word_embedded")
    whole, scale = quantise_rows(table, TABLE_LIMIT)
    found = graph.node("Gather", [graph.constant("word_table", whole), "input_ids"], "word_int8")
    scales = graph.node("Gather", [graph.constant("word_scale", scale[:, None]), "input_ids"], "word_scales")
    found = graph.node("Cast", [found], "word_float", to=TensorProto.FLOAT)
    return graph.node("Mul", [found, scales], "word_embedded")


def _norm(graph: _Graph, tensors: dict[str, Floats32], name: str) -> list[str]:
    return [graph.constant(f"{name}.{part}", tensors[f"{name}.{part}"]) for part in ("weight", "bias")]


def _layer(
    graph: _Graph,
    tensors: dict[str, Floats32],
    layer: int,
    hidden: str,
    mask: str,
    heads: int,
    eps: float,
    *,
    quantised: bool,
) -> str:
    prefix, out = f"encoder.encoder.layer.{layer}.", f"layer{layer}_"
    names = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
    parts = [
        _product(
            graph, hidden, tensors[f"{name}.weight"], f"{out}{name.rsplit('.')[-1]}", quantised=quantised
        )
        for name in names
    ]
    bias = graph.constant(f"{out}qkv_bias", np.concatenate([tensors[f"{name}.bias"] for name in names]))
    attended = graph.node(
        "MultiHeadAttention", [*parts, bias, mask], f"{out}attended", domain=DOMAIN, num_heads=heads
    )
    dense = f"{prefix}attention.output"
    hidden = _add_and_norm(
        graph, tensors, attended, hidden, dense, f"{out}attention", eps, quantised=quantised
    )
    wide = _product(
        graph, hidden, tensors[f"{prefix}intermediate.dense.weight"], f"{out}wide", quantised=quantised
    )
    wide_bias = graph.constant(f"{out}wide_bias", tensors[f"{prefix}intermediate.dense.bias"])
    active = graph.node("BiasGelu", [wide, wide_bias], f"{out}active", domain=DOMAIN)
    return _add_and_norm(
        graph, tensors, active, hidden, f"{prefix}output", f"{out}output", eps, quantised=quantised
    )


def _add_and_norm(
    graph: _Graph,
    tensors: dict[str, Floats32],
    value: str,
    skip: str,
    name: str,
    out: str,
    eps: float,
    *,
    quantised: bool,
) -> str:
    dense = _product(graph, value, tensors[f"{name}.dense.weight"], f"{out}_dense", quantised=quantised)
    bias = graph.constant(f"{out}_bias", tensors[f"{name}.dense.bias"])
    summed = graph.node("Add", [graph.node("Add", [dense, bias], f"{out}_biased"), skip], f"{out}_sum")
    # onnxruntime's SkipLayerNormalization, which does all of this, takes five times as long.
    norm = _norm(graph, tensors, f"{name}.LayerNorm")
    return graph.node("LayerNormalization", [summed, *norm], out, axis=-1, epsilon=eps)


def _product(graph: _Graph, value: str, weight: Floats32, out: str, *, quantised: bool) -> str:
    """Add value @ weight.T; `weight` is (outputs, inputs)."""
    if not quantised:
        return graph.node("MatMul", [value, graph.constant(f"{out}_weight", weight.T)], out)
    whole, scale = quantise_rows(weight, WEIGHT_LIMIT)
    row, row_scale = _quantised_rows(graph, value)
    inputs = [
        row,
        graph.constant(f"{out}_weight", whole.T),
        graph.constant("one", np.array(1, np.float32)),
        graph.constant(f"{out}_scale", scale),
        graph.constant("middle", np.array(128, np.uint8)),
    ]
    product = graph.node("MatMulIntegerToFloat", inputs, f"{out}_unscaled", domain=DOMAIN)
    return graph.node("Mul", [product, row_scale], out)


def _quantised_rows(graph: _Graph, value: str) -> tuple[str, str]:
    """Add the bytes of `value`, 128 meaning 0, and the scale of each of its rows; once per value."""
    row, scale = f"{value}_bytes", f"{value}_row_scale"
    if any(node.output[0] == row for node in graph.nodes):
        return row, scale
    largest = graph.node("ReduceMax", [graph.node("Abs", [value], f"{value}_abs")], f"{value}_max", axes=[-1])
    step = graph.constant("byte_step", np.array(1 / 127, np.float32))
    least = graph.constant("least_scale", np.array(1e-9, np.float32))
    graph.node("Max", [graph.node("Mul", [largest, step], f"{value}_step"), least], scale)
    one, middle = (
        graph.constant("one", np.array(1, np.float32)),
        graph.constant("middle", np.array(128, np.uint8)),
    )
    graph.node("QuantizeLinear", [graph.node("Div", [value, scale], f"{value}_scaled"), one, middle], row)
    return row, scale


def quantise_rows(weight: Floats32, limit: int) -> tuple[NDArray[np.int8], Floats32]:
    """Return `weight` (rows, columns) as whole numbers in -limit..limit, and the scale of each row (rows,)."""
    scale = np.maximum(np.abs(weight).max(1), 1e-12) / limit
    return np.round(weight / scale[:, None]).astype(np.int8), scale.astype(np.float32)


def _pooled_logits(graph: _Graph, tensors: dict[str, Floats32], hidden: str) -> None:
    from onnx import TensorProto

    weights = graph.node("Cast", ["attention_mask"], "mask_float", to=TensorProto.FLOAT)
    last, middle = graph.constant("axis_last", np.array([2])), graph.constant("axis_1", np.array([1]))
    column = graph.node("Unsqueeze", [weights, last], "mask_column")
    total = graph.node(
        "ReduceSum", [graph.node("Mul", [hidden, column], "kept"), middle], "total", keepdims=0
    )
    count = graph.node("ReduceSum", [weights, middle], "count", keepdims=1)
    pooled = graph.node("Div", [total, count], "pooled")
    head = [
        graph.constant("head_weight", tensors["head.weight"]),
        graph.constant("head_bias", tensors["head.bias"]),
    ]
    graph.node("Gemm", [pooled, *head], "logits", transB=1)
