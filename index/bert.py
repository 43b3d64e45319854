"""BERT (Devlin et al., 2019) as an OpenVINO graph, built straight from stored weights.

Nothing is exported, converted or downloaded, and no torch is loaded: under a second from the file to the first result.
"""

import functools
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from queue import Empty, LifoQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding

from index.runtime import capabilities, inference_num_threads, inference_precision, num_streams, op, ov

Node = Any  # of OpenVINO, which has no types
Request = Any  # likewise
Floats = NDArray[np.float32]
Weights = Mapping[str, Floats]

_SHAPES_KEPT = "CPU_RUNTIME_CACHE_CAPACITY"  # prepared for each stream; of 5,000, the default, memory runs full
BUCKET = 8  # tokens: texts are padded to a multiple of it, and run beside others of that length only
BUDGET = 2_048  # tokens a step: more is not faster, and takes more memory
STREAMS = 8  # at most, one a core: steps side by side take 15 % less than one step shared among cores
STEPS = 256  # of 8 bits
SMOOTHING, RANGE = ".smoothing", ".range"  # names of what belongs to a matrix: see training/ranges.py
MASKED = -1e4  # added to the attention of padding: nothing is left of it, and bfloat16 still holds it


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a BERT its weights do not say."""

    heads: int
    epsilon: float  # of the layer norms


MINILM = Shape(heads=12, epsilon=1e-12)


class Bert:
    """A compiled network: as many steps at a time as there are streams, whoever asks for them; others wait."""

    def __init__(
        self,
        weights: Weights,
        shape: Shape,
        heads: Callable[[Node, Node], list[Node]],
        precision: str,
        streams: int | None = None,
        cores: int | None = None,
    ) -> None:
        """`heads` makes the outputs, one row a text each, of the states (B, L, D) and the mask (B, L).

        `precision` is one that `chosen` returns; int8 takes effect where the weights hold ranges. One stream has all
        cores for its step: the fastest for a single short text. None: as many as there are cores. Of these no more than
        `cores` are used, where that is given.
        """
        ids, kinds = (op.parameter([-1, -1], np.int32, name) for name in ("ids", "kinds"))
        mask = op.parameter([-1, -1], np.float32, "mask")
        outputs = heads(_states(weights, shape, ids, kinds, mask), mask)
        streams = streams or min(cores or len(os.sched_getaffinity(0)), STREAMS)
        bounds = {inference_num_threads: cores} if cores else {}
        compiled = ov.Core().compile_model(
            ov.Model(outputs, [ids, kinds, mask], "bert"),
            "CPU",
            {num_streams: streams, inference_precision: _of_the_rest(precision), _SHAPES_KEPT: 32} | bounds,
        )
        self._free: LifoQueue[Request] = LifoQueue()  # the one that was used last has its memory at hand
        for _ in range(streams):
            self._free.put(compiled.create_infer_request())

    def run(self, texts: Sequence[Encoding]) -> list[tuple[int, list[Floats]]]:
        """(position in `texts`, its row of every output), in no order; outputs over tokens are still padded."""
        done: list[tuple[int, list[Floats]]] = []
        running: deque[tuple[tuple[int, ...], Request]] = deque()
        try:
            for rows in _steps([len(text) for text in texts]):
                inputs = _inputs([texts[row] for row in rows])
                while (request := self._take(wait=not running)) is None:
                    done += self._end(*running.popleft())
                request.start_async(inputs)
                running.append((rows, request))
        finally:
            while running:
                done += self._end(*running.popleft())
        return done

    def _take(self, *, wait: bool) -> Request | None:
        """A stream that is free; who has one running already does not wait for another."""
        try:
            return self._free.get(block=wait)
        except Empty:
            return None

    def _end(self, rows: tuple[int, ...], request: Request) -> list[tuple[int, list[Floats]]]:
        try:
            request.wait()
            outputs = [np.array(tensor.data) for tensor in request.output_tensors]  # copies: the next step overwrites
        finally:
            self._free.put(request)
        return [(row, list(parts)) for row, *parts in zip(rows, *outputs, strict=True)]


def _inputs(texts: Sequence[Encoding]) -> list[NDArray[Any]]:
    """Ids, kinds and mask of the texts, all of shape (texts, padded length)."""
    length = _padded(max(map(len, texts)))
    ids, kinds, mask = (np.zeros((len(texts), length), dtype) for dtype in (np.int32, np.int32, np.float32))
    for row, text in enumerate(texts):
        ids[row, : len(text)], kinds[row, : len(text)], mask[row, : len(text)] = text.ids, text.type_ids, 1
    return [ids, kinds, mask]


def linear(states: Node, weights: Weights, name: str) -> Node:
    """The states times the matrix of that name, and its bias added; in 8 bits where ranges are known."""
    matrix = weights[f"{name}.weight"]
    if name + RANGE in weights:
        product = _whole_product(states, matrix, weights[name + SMOOTHING], weights[name + RANGE])
    else:
        product = op.matmul(states, _constant(matrix), transpose_a=False, transpose_b=True)
    return op.add(product, _constant(weights[f"{name}.bias"]))


def _whole_product(states: Node, matrix: Floats, smoothing: Floats, ends: Floats) -> Node:
    """The product of both rounded to 8 bits, after the smoothing has moved outliers of the states into the matrix."""
    low, high = (_constant(np.float32(end)) for end in ends)
    smooth = op.multiply(states, _constant(1 / smoothing))
    rounded = op.fake_quantize(smooth, low, high, low, high, STEPS)
    rows = matrix * smoothing
    scales = np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-8) / (STEPS // 2 - 1)
    whole = op.convert(_constant(np.rint(rows / scales).astype(np.int8)), "f32")
    return op.matmul(rounded, op.multiply(whole, _constant(scales)), transpose_a=False, transpose_b=True)


def first(states: Node) -> Node:
    """(B, D): the states of each text's first token, [CLS]."""
    return op.gather(states, _whole(0), _whole(1))


def mean(states: Node, mask: Node) -> Node:
    """(B, D): the mean of each text's states, padding left out."""
    weighted = op.multiply(states, op.unsqueeze(mask, _whole(2)))
    return op.divide(op.reduce_sum(weighted, _whole(1)), op.reduce_sum(mask, _whole(1), keep_dims=True))


def chosen(precision: str, *preferred: str) -> str:
    """The precision itself, or for "auto" the first of the preferred that this processor multiplies by itself."""
    offered = {"int8": "INT8", "bfloat16": "BF16", "float32": "FP32"}
    return next(name for name in preferred if offered[name] in _capabilities()) if precision == "auto" else precision


def _of_the_rest(precision: str) -> ov.Type:
    """What is multiplied in otherwise: int8 is for the large matrices only."""
    half = precision == "bfloat16" or (precision == "int8" and "BF16" in _capabilities())
    return ov.Type.bf16 if half else ov.Type.f32


@functools.cache
def _capabilities() -> frozenset[str]:
    return frozenset(ov.Core().get_property("CPU", capabilities))


def _steps(lengths: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Rows to run together: of one padded length, within the budget.

    As many as the budget holds, or a power of two: memory is kept for every shape that was ever run.
    """
    by_length = sorted(range(len(lengths)), key=lambda row: lengths[row])
    for length, rows in groupby(by_length, key=lambda row: _padded(lengths[row])):
        alike, most = tuple(rows), max(1, BUDGET // length)
        while alike:
            size = most if len(alike) >= most else 1 << (len(alike).bit_length() - 1)
            yield alike[:size]
            alike = alike[size:]


def _padded(length: int) -> int:
    return -(-length // BUCKET) * BUCKET


def _states(weights: Weights, shape: Shape, ids: Node, kinds: Node, mask: Node) -> Node:
    """(B, L, D): the states of the last layer."""
    states = _norm(_embedded(weights, ids, kinds), weights, "embeddings.LayerNorm", shape)
    bias = op.multiply(op.subtract(_constant(np.float32(1)), mask), _constant(np.float32(MASKED)))
    bias = op.unsqueeze(bias, _constant(np.array([1, 2])))
    layers = sum(name.endswith("attention.self.query.weight") for name in weights)
    for layer in (f"encoder.layer.{number}" for number in range(layers)):
        states = _layer(states, bias, weights, layer, shape)
    return states


def _embedded(weights: Weights, ids: Node, kinds: Node) -> Node:
    places = op.range(_whole(0), op.gather(op.shape_of(ids), _whole(1), _whole(0)), _whole(1), "i64")
    chosen = {"word": ids, "token_type": kinds, "position": places}
    word, kind, place = (
        op.gather(_constant(weights[f"embeddings.{table}_embeddings.weight"]), rows, _whole(0))
        for table, rows in chosen.items()
    )
    return op.add(op.add(word, kind), place)


def _layer(states: Node, bias: Node, weights: Weights, layer: str, shape: Shape) -> Node:
    attention = f"{layer}.attention"
    attended = _attention(states, bias, weights, f"{attention}.self", shape)
    added = op.add(linear(attended, weights, f"{attention}.output.dense"), states)
    states = _norm(added, weights, f"{attention}.output.LayerNorm", shape)
    inner = op.gelu(linear(states, weights, f"{layer}.intermediate.dense"), "erf")
    added = op.add(linear(inner, weights, f"{layer}.output.dense"), states)
    return _norm(added, weights, f"{layer}.output.LayerNorm", shape)


def _attention(states: Node, bias: Node, weights: Weights, place: str, shape: Shape) -> Node:
    swap = _constant(np.array([0, 2, 1, 3]))  # (B, L, heads, size) and (B, heads, L, size)
    split = _constant(np.array([0, 0, shape.heads, -1]))
    query, key, value = (
        op.transpose(op.reshape(linear(states, weights, f"{place}.{part}"), split, special_zero=True), swap)
        for part in ("query", "key", "value")
    )
    together = op.transpose(op.scaled_dot_product_attention(query, key, value, bias), swap)
    return op.reshape(together, _constant(np.array([0, 0, -1])), special_zero=True)


def _norm(states: Node, weights: Weights, name: str, shape: Shape) -> Node:
    normal = op.mvn(
        states, _constant(np.array([-1])), normalize_variance=True, eps=shape.epsilon, eps_mode="inside_sqrt"
    )
    return op.add(op.multiply(normal, _constant(weights[f"{name}.weight"])), _constant(weights[f"{name}.bias"]))


def _constant(values: "NDArray[np.generic] | np.generic") -> Node:
    return op.constant(values)


def _whole(value: int) -> Node:
    return op.constant(np.int64(value))
