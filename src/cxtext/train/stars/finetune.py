"""Fine-tune a star model on hard ratings, on coarse labels, on a teacher's probabilities, or all of them."""

import functools
import json
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxtext.train.stars import model as star_model
from cxtext.train.stars.data import batches

WORKERS = 2  # fixed, not the machine's cores: the shares of a batch decide the last bits of its gradient


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn; `minutes` ends a run early, with the learning rate decayed to 0."""

    passes: float = 1.0
    batch: int = 32
    encoder_rate: float = 1e-4
    head_rate: float = 1e-3
    warmup_steps: int = 80
    frozen_layers: int = 4  # with the positions
    piece_rate: float | None = None  # of the word pieces' vectors, which else stay as they are
    minutes: float | None = None
    seed: int = 0
    save_every: int = 100


@dataclass(frozen=True)
class Taught:
    """What teachers say of each row, and how much of it counts."""

    stars: NDArray[np.float32]  # (rows, 5) probabilities
    share: NDArray[np.float32]  # (rows,): theirs of a rated row's lesson, 0..1; of an unrated row's it is all
    pooled: NDArray[np.float16]  # (rows, hidden): the first teacher's last layer, to resemble
    resembled: NDArray[np.float32]  # (rows,): weight of resembling it; of the stars' lesson it is 1


@dataclass(frozen=True)
class Examples:
    """Encoded rows and what is known of each. Arrays are (rows, 5); a row of zeros says nothing."""

    encoded: list[tuple[list[int], list[int]]]
    soft: NDArray[np.float32]  # distribution over stars
    allowed: NDArray[np.float32]  # 1 where a coarse label allows the star
    prior: NDArray[np.float32] | None = None  # log share of each star in the row's set, see data.set_priors
    taught: Taught | None = None


def fit(
    model: Any, examples: Examples, schedule: Schedule, checkpoint: Path, report: Callable[[str], None]
) -> Any:
    """Train `model` in place and return it; an interrupted run goes on from `checkpoint`.

    The batches depend on the seed and the pass only, so a resumed run sees the same rows in the same order.
    """
    import torch

    optimizer = _optimizer(model, schedule)
    state = _resume(model, optimizer, checkpoint)
    steps = math.ceil(schedule.passes * len(examples.encoded) / schedule.batch)
    with ThreadPoolExecutor(WORKERS, initializer=torch.set_num_threads, initargs=(1,)) as workers:
        _run(model, optimizer, examples, schedule, checkpoint, report, state, steps, workers)
    star_model.save(model, checkpoint)
    (checkpoint / "done.json").write_text(json.dumps(asdict(schedule) | state), "utf-8")
    return model.eval()


def _run(
    model: Any,
    optimizer: Any,
    examples: Examples,
    schedule: Schedule,
    checkpoint: Path,
    report: Callable[[str], None],
    state: dict[str, float],
    steps: int,
    workers: ThreadPoolExecutor,
) -> None:
    lengths = [len(ids) for ids, _ in examples.encoded]
    started, before = time.monotonic(), state["seconds"]
    per_pass = math.ceil(len(lengths) / schedule.batch)
    order: list[NDArray[np.int64]] = []
    running: float | None = None
    model.train()
    while state["step"] < steps:
        step = int(state["step"])
        if not order or step % per_pass == 0:
            order = batches(lengths, schedule.batch, schedule.seed + step // per_pass)
        state["seconds"] = before + time.monotonic() - started
        progress = step / steps
        if schedule.minutes is not None:
            progress = max(progress, state["seconds"] / (60 * schedule.minutes))
        if progress >= 1:
            break
        _set_rates(optimizer, schedule, step, progress)
        loss = _step(model, optimizer, examples, order[step % per_pass], workers)
        running = loss if running is None else 0.98 * running + 0.02 * loss
        state["step"] = step + 1
        if (step + 1) % schedule.save_every == 0:
            _save(model, optimizer, checkpoint, state)
            report(
                f"step {step + 1}/{steps} progress {progress:.3f} loss {running:.4f} {state['seconds']:.0f} s"
            )


def _optimizer(model: Any, schedule: Schedule) -> Any:
    import torch

    encoder = model["encoder"]
    for part in (encoder.embeddings, *encoder.encoder.layer[: schedule.frozen_layers]):
        part.requires_grad_(False)
    free = [parameter for parameter in encoder.parameters() if parameter.requires_grad]
    pieces = encoder.embeddings.word_embeddings.requires_grad_(schedule.piece_rate is not None)
    matrices = [parameter for parameter in free if parameter.ndim > 1]
    vectors = [parameter for parameter in free if parameter.ndim == 1]
    groups = [
        {"params": matrices, "lr": schedule.encoder_rate, "weight_decay": 0.01},
        {"params": vectors, "lr": schedule.encoder_rate, "weight_decay": 0.0},
        {"params": list(model["head"].parameters()), "lr": schedule.head_rate, "weight_decay": 0.0},
    ]
    if schedule.piece_rate is not None:
        groups.append({"params": [pieces.weight], "lr": schedule.piece_rate, "weight_decay": 0.0})
    for group in groups:
        group["full_rate"] = group["lr"]
    return torch.optim.AdamW(groups, fused=True)


def _set_rates(optimizer: Any, schedule: Schedule, step: int, progress: float) -> None:
    factor = min((step + 1) / schedule.warmup_steps, 1.0) * (1 - progress)
    for group in optimizer.param_groups:
        group["lr"] = group["full_rate"] * factor


def _step(
    model: Any, optimizer: Any, examples: Examples, rows: NDArray[np.int64], workers: ThreadPoolExecutor
) -> float:
    """Each worker does its share of the batch on one core: on a busy machine that beats sharing products."""
    import torch

    free = [parameter for parameter in model.parameters() if parameter.requires_grad]
    shares = [part for part in np.array_split(rows, WORKERS) if len(part)]
    found = list(workers.map(lambda part: _gradients(model, free, examples, part, len(rows)), shares))
    for index, parameter in enumerate(free):
        parameter.grad = functools.reduce(torch.add, [gradients[index] for _, gradients in found])
    torch.nn.utils.clip_grad_norm_(free, 1.0)
    optimizer.step()
    return sum(loss for loss, _ in found)


def _gradients(
    model: Any, free: list[Any], examples: Examples, rows: NDArray[np.int64], of: int
) -> tuple[float, tuple[Any, ...]]:
    import torch

    inputs = star_model.pad([examples.encoded[row] for row in rows])
    with torch.autocast("cpu", torch.bfloat16, cache_enabled=False):
        pooled = star_model.pooled(model, *inputs)
        found = model["head"](pooled).float()
    loss = star_loss(found, examples, rows)
    if examples.taught is not None:
        aim = torch.from_numpy(examples.taught.pooled[rows].astype(np.float32))
        resembled = torch.from_numpy(examples.taught.resembled[rows])
        loss = loss + (resembled * (1 - torch.cosine_similarity(pooled, aim, dim=-1))).mean()
    loss = loss * (len(rows) / of)
    return float(loss.detach()), torch.autograd.grad(loss, free)


def star_loss(found: Any, examples: Examples, rows: NDArray[np.int64]) -> Any:
    """Return the mean loss of a batch of logits (rows, 5).

    A star is scored by cross-entropy; a coarse label by minus the log of the sum of its stars' probabilities;
    teachers by cross-entropy with their probabilities, which share the lesson with the row's own rating.
    A rating is compared after adding the row's `prior`: what a set's customers are like need not be read from
    the text.
    """
    import torch

    prior = 0.0 if examples.prior is None else torch.from_numpy(examples.prior[rows])
    log_p = torch.log_softmax(found + prior, -1)
    soft = torch.from_numpy(examples.soft[rows])
    allowed = torch.from_numpy(examples.allowed[rows])
    own = -(soft * log_p).sum(-1)
    coarse = allowed.sum(-1) > 0
    own = own - torch.where(coarse, torch.logsumexp(log_p + torch.log(allowed.clamp_min(1e-9)), -1), 0.0)
    if examples.taught is None:
        return own.mean()
    told = -(torch.from_numpy(examples.taught.stars[rows]) * torch.log_softmax(found, -1)).sum(-1)
    rated = (coarse | (soft.sum(-1) > 0)).float()
    share = 1 - rated * (1 - torch.from_numpy(examples.taught.share[rows]))
    return (share * told + (1 - share) * own).mean()


def _save(model: Any, optimizer: Any, checkpoint: Path, state: dict[str, float]) -> None:
    import torch

    star_model.save(model, checkpoint)
    partial, buffer = checkpoint / "optimizer.part", BytesIO()
    torch.save({"optimizer": optimizer.state_dict(), "state": state}, buffer)
    partial.write_bytes(buffer.getbuffer())  # torch itself does not say that a disk is full
    partial.replace(checkpoint / "optimizer.pt")


def _resume(model: Any, optimizer: Any, checkpoint: Path) -> dict[str, float]:
    import torch

    path = checkpoint / "optimizer.pt"
    if not path.is_file():
        return {"step": 0, "seconds": 0.0}
    saved = torch.load(path, weights_only=True)
    optimizer.load_state_dict(saved["optimizer"])
    model.load_state_dict(star_model.load(checkpoint).state_dict())
    state: dict[str, float] = saved["state"]
    return state
