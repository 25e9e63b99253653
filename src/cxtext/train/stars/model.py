"""The float model in torch: a BertModel, mean pooling, and a linear layer onto the logits of five stars."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxtext.train.stars.convert import SPECIAL, bert_config

Encoded = Sequence[tuple[list[int], list[int]]]
PAD = SPECIAL.index("<pad>")


def new_model(encoder: Any) -> Any:
    """Return a torch ModuleDict of `encoder` (BertModel) and a fresh `head` (hidden -> 5)."""
    from torch import nn

    return nn.ModuleDict({"encoder": encoder, "head": nn.Linear(encoder.config.hidden_size, 5)})


def save(model: Any, folder: Path) -> None:
    """Write model.safetensors and shape.json; an older model stays until the new one is complete."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    config = model["encoder"].config
    shape = {
        "hidden": config.hidden_size,
        "layers": config.num_hidden_layers,
        "heads": config.num_attention_heads,
        "ffn": config.intermediate_size,
        "vocabulary": config.vocab_size,
        "positions": config.max_position_embeddings,
        "types": config.type_vocab_size,
    }
    (folder / "shape.json").write_text(json.dumps({"shape": shape, "eps": config.layer_norm_eps}), "utf-8")
    partial = folder / "model.safetensors.part"
    save_file({name: tensor.contiguous() for name, tensor in model.state_dict().items()}, partial)
    partial.replace(folder / "model.safetensors")


def load(folder: Path) -> Any:
    """Return the model that `save` wrote, in evaluation mode."""
    from safetensors.torch import load_file
    from transformers import BertModel

    described = json.loads((folder / "shape.json").read_text("utf-8"))
    encoder = BertModel(bert_config(described["shape"], described["eps"]), add_pooling_layer=False)
    model = new_model(encoder)
    model.load_state_dict(load_file(folder / "model.safetensors"))
    return model.eval()


def mean(models: Sequence[Any]) -> Any:
    """Return the first model with the mean of all models' weights."""
    import torch

    states = [model.state_dict() for model in models]
    total = {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}
    models[0].load_state_dict(total)
    return models[0]


def pad(encoded: Encoded) -> tuple[Any, Any, Any]:
    """Return ids, type ids and mask, each a long tensor (rows, longest)."""
    import torch

    width = max(len(ids) for ids, _ in encoded)
    ids = torch.full((len(encoded), width), PAD, dtype=torch.long)
    types = torch.zeros((len(encoded), width), dtype=torch.long)
    mask = torch.zeros((len(encoded), width), dtype=torch.long)
    for row, (row_ids, row_types) in enumerate(encoded):
        ids[row, : len(row_ids)] = torch.tensor(row_ids)
        types[row, : len(row_ids)] = torch.tensor(row_types)
        mask[row, : len(row_ids)] = 1
    return ids, types, mask


def pooled(model: Any, ids: Any, types: Any, mask: Any) -> Any:
    """Return the mean of the last layer over each row's tokens (rows, hidden) in float32."""
    hidden = model["encoder"](
        input_ids=ids, token_type_ids=types, attention_mask=mask
    ).last_hidden_state.float()
    weights = mask.unsqueeze(-1).float()
    return (hidden * weights).sum(1) / weights.sum(1)


def logits(model: Any, ids: Any, types: Any, mask: Any) -> Any:
    """Return star logits (rows, 5) in float32."""
    return model["head"](pooled(model, ids, types, mask)).float()


def predict_pooled(model: Any, encoded: Encoded, *, batch_rows: int = 64) -> NDArray[np.float32]:
    """Return each row's pooled last layer (rows, hidden) in the order of `encoded`, in bfloat16 arithmetic."""
    import torch

    result = np.zeros((len(encoded), model["encoder"].config.hidden_size), np.float32)
    order = np.argsort([len(ids) for ids, _ in encoded], kind="stable")
    model.eval()
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for start in range(0, len(order), batch_rows):
            rows = order[start : start + batch_rows]
            result[rows] = pooled(model, *pad([encoded[row] for row in rows])).numpy()
    return result


def predict_logits(model: Any, encoded: Encoded, *, batch_rows: int = 64) -> NDArray[np.float32]:
    """Return star logits (rows, 5) in the order of `encoded`."""
    return head_logits(model, predict_pooled(model, encoded, batch_rows=batch_rows))


def head_logits(model: Any, pooled_rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the star logits (rows, 5) of pooled rows (rows, hidden)."""
    import torch

    with torch.inference_mode():
        found: NDArray[np.float32] = model["head"](torch.from_numpy(pooled_rows)).numpy()
    return found
