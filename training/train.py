"""Groups to weights: fine-tune the network on one set of groups.

python -m training.train GROUPS.jsonl OUT.safetensors [--start WEIGHTS] [--tokens N] [--rate R] [--seed S]

Deterministic for one seed, machine and number of threads. Every candidate of a group is scored on its own; the loss
compares them: relevance by a softmax over the group, spans by one softmax over all tokens of the group (the shared
normalisation of Clark and Gardner, ACL 2018), so that scores of different passages can be compared.
"""

import argparse
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import AutoModel, BertConfig

from index.minilm import bundled_folder
from index.network import pair_tokenizer
from training.groups import Candidate, Group, read_groups
from training.network import Network, collate

BATCH_TOKENS = 6_000
POOL = 50  # batches that are cut from one stretch of groups, sorted by length in it: little padding, still shuffled
WARM = 0.06  # share of the steps in which the learning rate rises
UNTITLED = 0.3  # share of the candidates that are read without their title
ANSWERS = 0.5  # weight of the no-answer loss against the two others
CHUNK_TOKENS = 2_500  # scored at once
LONGEST = 900  # characters of a text; of longer ones a stretch of sentences around the answer is read
REPORT_EVERY, SAVE_EVERY = 20, 200  # steps


@dataclass(frozen=True, slots=True)
class Pair:
    """A candidate as the network reads it. `starts` and `ends` are token positions of the answers."""

    ids: list[int]
    kinds: list[int]
    text_from: int  # the first token of the text, after question and title
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    right: bool  # it answers


@dataclass(frozen=True, slots=True)
class PairLogits:
    """What the network says of one pair: numbers, and one for each of its L tokens; `text` are those of the text."""

    relevance: Tensor
    answers: Tensor
    start: Tensor  # (L,), and padding
    end: Tensor  # (L,), and padding
    text: slice


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and save."""
    options = _parser().parse_args(arguments)
    torch.manual_seed(options.seed)
    tokenizer = pair_tokenizer()
    draw = random.Random(options.seed)  # noqa: S311  not for secrets
    groups = [pairs for group in read_groups(options.groups) if (pairs := read(group, tokenizer, draw))]
    batches = list(_batches(_first(groups, options.tokens), draw))
    network = start_network(options.start)
    optimizer = torch.optim.AdamW(_decayed(network), lr=options.rate, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, len(batches)))
    network.train()
    began, tokens, losses = time.monotonic(), 0, []
    for step, batch in enumerate(batches, start=1):
        pairs = [pair for group in batch for pair in group]
        parts = loss_of(batch, score(network, pairs))
        optimizer.zero_grad()
        torch.stack(parts).sum().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        tokens += sum(len(pair.ids) for pair in pairs)
        losses.append([float(part.detach()) for part in parts])
        if step % REPORT_EVERY == 0:
            means = [round(sum(column) / len(column), 3) for column in zip(*losses, strict=True)]
            speed = tokens / (time.monotonic() - began)
            print(
                f"{step}/{len(batches)} span {means[0]} relevance {means[1]} answers {means[2]} {speed:.0f} tokens/s",
                flush=True,
            )
            losses = []
        if step % SAVE_EVERY == 0:
            save_file(network.state_dict(), options.out.with_suffix(".part"))
    save_file(network.state_dict(), options.out)


def score(network: Network, pairs: Sequence[Pair]) -> list[PairLogits]:
    """The logits of each pair, in order. Pairs of like length go together, so that little is padded."""
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i].ids))
    scored: dict[int, PairLogits] = {}
    for chunk in _chunks(order, pairs):
        ids, kinds, mask = collate([pairs[i].ids for i in chunk], [pairs[i].kinds for i in chunk])
        # The fused attention of torch 2.13 takes a third of the time on its way back; plain matrix products do not.
        with torch.autocast("cpu", dtype=torch.bfloat16), sdpa_kernel(SDPBackend.MATH):
            out = network(ids, kinds, mask)
        for row, i in enumerate(chunk):
            text = slice(pairs[i].text_from, len(pairs[i].ids) - 1)
            scored[i] = PairLogits(out.relevance[row], out.answers[row], out.start[row], out.end[row], text)
    return [scored[i] for i in range(len(pairs))]


def _chunks(order: Sequence[int], pairs: Sequence[Pair]) -> Iterator[list[int]]:
    chunk: list[int] = []
    for i in order:
        if chunk and len(pairs[i].ids) * (len(chunk) + 1) > CHUNK_TOKENS:
            yield chunk
            chunk = []
        chunk.append(i)
    yield chunk


def start_network(weights: Path | None) -> Network:
    """The network with earlier weights, or the bundled encoder's and new heads."""
    config = BertConfig.from_pretrained(bundled_folder())
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0  # one pass: nothing to overfit; 1.5 x faster
    network = Network(config)
    if weights:
        network.load_state_dict(load_file(weights))
    else:
        network.encoder.load_state_dict(
            AutoModel.from_pretrained(bundled_folder(), add_pooling_layer=False).state_dict()
        )
        for head in (network.span, network.pair):
            torch.nn.init.normal_(head.weight, std=0.02)
            torch.nn.init.zeros_(head.bias)
    return network


def read(group: Group, tokenizer: Tokenizer, draw: random.Random) -> list[Pair]:
    """The candidates of a group as token ids; nothing when the answer was cut off by the length limit."""
    pairs = [
        _read(group.question, candidate, tokenizer, titled=draw.random() >= UNTITLED) for candidate in group.candidates
    ]
    if group.ranked:
        pairs[0] = replace(pairs[0], right=True)
    return [] if group.candidates[0].spans and not pairs[0].starts else pairs


def crop(candidate: Candidate) -> Candidate:
    """At most about `LONGEST` characters: sentences around the first answer, or the first ones without any."""
    if len(candidate.text) <= LONGEST:
        return candidate
    ends = [found.end() for found in re.finditer(r"[.!?]\s+", candidate.text)]
    first, last = candidate.spans[0] if candidate.spans else (0, 0)
    room = max(0, LONGEST - (last - first))
    start = max((end for end in (0, *ends) if end <= max(0, first - room // 2)), default=0)
    stop = min((end for end in (*ends, len(candidate.text)) if end >= max(last, start + LONGEST)), default=last)
    kept = tuple((a - start, b - start) for a, b in candidate.spans if start <= a and b <= stop)
    return Candidate(candidate.title, candidate.text[start:stop], kept)


def _read(question: str, candidate: Candidate, tokenizer: Tokenizer, *, titled: bool) -> Pair:
    candidate = crop(candidate)
    title = f"{candidate.title}. " if titled and candidate.title else ""
    encoded = tokenizer.encode(question, title + candidate.text)
    offsets, kinds = encoded.offsets, encoded.type_ids
    tokens = [
        i for i, kind in enumerate(kinds) if kind == 1 and offsets[i][0] >= len(title) and offsets[i][1] > offsets[i][0]
    ]
    starts, ends = set(), set()
    for start, end in ((a + len(title), b + len(title)) for a, b in candidate.spans):
        inside = [i for i in tokens if offsets[i][0] < end and offsets[i][1] > start]
        if inside and offsets[inside[-1]][1] >= end:
            starts.add(inside[0])
            ends.add(inside[-1])
    return Pair(
        encoded.ids,
        kinds,
        tokens[0] if tokens else len(kinds) - 1,
        tuple(sorted(starts)),
        tuple(sorted(ends)),
        bool(starts),
    )


def loss_of(batch: Sequence[Sequence[Pair]], scored: Sequence[PairLogits]) -> list[Tensor]:
    """Mean loss of spans, of relevance (both over the groups that have them) and of no-answer (over candidates)."""
    spans, relevance = [], []
    rest = iter(scored)
    for group in batch:
        logits = list(islice(rest, len(group)))
        if group[0].starts:
            spans += [_span_loss([x.start[x.text] for x in logits], logits[0].start[list(group[0].starts)])]
            spans += [_span_loss([x.end[x.text] for x in logits], logits[0].end[list(group[0].ends)])]
        if group[0].right and len(group) > 1:
            compared = torch.stack([x.relevance for x in logits])
            relevance.append(compared.logsumexp(0) - compared[0])
    labels = torch.tensor([float(pair.right) for group in batch for pair in group])
    answers = binary_cross_entropy_with_logits(torch.stack([x.answers for x in scored]), labels)
    return [_mean(spans), _mean(relevance), ANSWERS * answers]


def _span_loss(texts: list[Tensor], gold: Tensor) -> Tensor:
    """Minus the log of the probability that one of the annotated positions gets among all tokens of the group."""
    return torch.cat(texts).logsumexp(0) - gold.logsumexp(0)


def _mean(losses: list[Tensor]) -> Tensor:
    return torch.stack(losses).mean() if losses else torch.zeros(())


def _first(groups: list[list[Pair]], tokens: int | None) -> list[list[Pair]]:
    """The groups that fit into the budget, in order."""
    if tokens is None:
        return groups
    total, kept = 0, []
    for group in groups:
        total += sum(len(pair.ids) for pair in group)
        if total > tokens:
            break
        kept.append(group)
    return kept


def _batches(groups: list[list[Pair]], draw: random.Random) -> Iterator[list[list[Pair]]]:
    rest = iter(groups)
    while pool := list(islice(rest, POOL * BATCH_TOKENS // 250)):
        pool.sort(key=lambda group: max(len(pair.ids) for pair in group))
        batches: list[list[list[Pair]]] = [[]]
        for group in pool:
            width = max(len(pair.ids) for pair in group)
            if batches[-1] and width * (len(group) + sum(map(len, batches[-1]))) > BATCH_TOKENS:
                batches.append([])
            batches[-1].append(group)
        draw.shuffle(batches)
        yield from batches


def _decayed(network: Network) -> list[dict[str, object]]:
    """Weight decay for matrices alone, as BERT is trained."""
    named = list(network.named_parameters())
    return [
        {"params": [p for _, p in named if p.dim() > 1], "weight_decay": 0.01},
        {"params": [p for _, p in named if p.dim() <= 1], "weight_decay": 0.0},
    ]


def _rate(step: int, steps: int) -> float:
    warm = max(1, round(WARM * steps))
    return min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Train the reader on groups that training.mine wrote.")
    parser.add_argument("groups", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--start", type=Path, help="weights to go on from (default: the bundled encoder)")
    parser.add_argument("--tokens", type=int, help="stop after so many (default: one pass)")
    parser.add_argument("--rate", type=float, default=1.5e-4, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=1)
    return parser


if __name__ == "__main__":
    main()
