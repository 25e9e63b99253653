"""Fixed scales of whole numbers: what they hold, and how they are kept."""

import numpy as np
import pytest

pytest.importorskip("onnx")

from onnx import TensorProto, helper

from cxtext.train.stars.ranges import Range, measured_ranges

SAMPLE = [([number], [0]) for number in (-8, 0, 4, 40)]


def identity() -> bytes:
    """Return a graph whose output `value` (texts, 1, 2) is the ids and their hundredth, as floats."""
    nodes = [
        helper.make_node("Cast", ["input_ids"], ["ids"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["ids", "last"], ["column"]),
        helper.make_node("Mul", ["column", "sizes"], ["sized"]),
        helper.make_node("Cast", ["token_type_ids"], ["types"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["types", "last"], ["none"]),
        helper.make_node("Add", ["sized", "none"], ["value"]),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
        for name in ("input_ids", "token_type_ids")
    ]
    output = helper.make_tensor_value_info("value", TensorProto.FLOAT, ["texts", "tokens", 2])
    constants = [
        helper.make_tensor("last", TensorProto.INT64, [1], [2]),
        helper.make_tensor("sizes", TensorProto.FLOAT, [2], [1.0, 0.01]),
    ]
    graph = helper.make_graph(nodes, "identity", inputs, [output], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return bytes(model.SerializeToString())


def test_the_range_holds_what_the_sample_shows_after_smoothing() -> None:
    """The large number is divided, the small one multiplied, by powers of two; zero is a whole step."""
    found = measured_ranges(identity(), {"value": np.ones(2, np.float32)}, SAMPLE, {})["value"]
    assert found.smooth[0] > 1 > found.smooth[1]
    assert (np.log2(found.smooth) % 1 == 0).all()
    assert found.high == pytest.approx(max(40 / found.smooth[0], 0.4 / found.smooth[1]))
    assert found.low == pytest.approx(min(-8 / found.smooth[0], -0.08 / found.smooth[1]))
    assert 0 < found.zero < 255


def test_known_ranges_are_widened_and_keep_their_divisors() -> None:
    """What other texts needed stays, what this sample needs is added."""
    known = Range(np.array([2.0, 1.0], np.float32), -50.0, 1.0)
    found = measured_ranges(identity(), {"value": np.ones(2, np.float32)}, SAMPLE, {"value": known})["value"]
    assert (found.low, found.high) == (-50.0, 20.0)
    np.testing.assert_array_equal(found.smooth, known.smooth)


def test_an_input_that_is_nothing_in_the_sample_is_not_blown_up() -> None:
    """Another text may have some of it; a constant zero makes no range of width zero."""
    weight = np.array([1.0, 1e-6], np.float32)
    found = measured_ranges(identity(), {"value": weight}, [([0], [0])], {})["value"]
    assert np.abs(np.log2(found.smooth)).max() <= 4
    assert found.step > 0
    assert found.zero == 0


def test_a_range_survives_its_bytes() -> None:
    """Step and zero of a graph give the range that gives them."""
    found = Range.of_bytes(np.ones(1, np.float32), 0.03, 90)
    assert (found.step, found.zero) == (pytest.approx(0.03), 90)
