#!/usr/bin/env python3
"""Nested cross-validation of the mix of the score's parts, over needs.

    folds.py PARTS DATA [FOLDS [REPEATS]]

PARTS is what bench/parts prints; DATA holds the labelled needs and their scorer. The weights of knowledge
and latent are chosen on FOLDS - 1 parts of the needs (best sum of the metrics, each in units of
the reference's value) and measured on the part left out. Prints, for each metric, R3 alone, the chosen mix
out of its fold, and the difference with a bootstrap over needs; then how often each mix was chosen."""
import collections
import importlib.util
import random
import sys

KNOWLEDGE = [0, .1, .2, .3, .4, .5, .6, .8, 1]
LATENT = [0, .1, .2, .3, .4]


def load_scorer(data):
    spec = importlib.util.spec_from_file_location("evaluate", data + "/evaluate.py")
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    return scorer


def read_parts(path):
    pairs = collections.defaultdict(list)
    for line in open(path, encoding="utf-8"):
        p = line.rstrip("\n").split("\t")
        if p[0] != "mix":
            pairs[p[0]].append((p[1], float(p[2]), float(p[3]), float(p[4])))
    return pairs


def run_of(pairs, knowledge, latent):
    return {need: {o: c + knowledge * k + latent * l for o, c, k, l in rows if c or k or l}
            for need, rows in pairs.items()}


def total(scorer, result, needs, unit):
    return sum(scorer.mean(result, key, needs) / unit[key] for key in scorer.K)


def main():
    parts, data = sys.argv[1:3]
    folds = int(sys.argv[3]) if len(sys.argv) > 3 else 10
    repeats = int(sys.argv[4]) if len(sys.argv) > 4 else 5
    scorer = load_scorer(data)
    pairs = read_parts(parts)
    mixes = [(k, l) for k in KNOWLEDGE for l in LATENT]
    result = {mix: scorer.score(run_of(pairs, *mix), data, "all") for mix in mixes}
    base = result[0, 0]
    unit = {key: scorer.mean(base, key) for key in scorer.K}
    needs = sorted(base)
    held = {need: collections.defaultdict(list) for need in needs}
    chosen = collections.Counter()
    for repeat in range(repeats):
        order = needs[:]
        random.Random(repeat).shuffle(order)
        for f in range(folds):
            out = order[f::folds]
            rest = [n for n in order if n not in set(out)]
            best = max(mixes, key=lambda mix: total(scorer, result[mix], rest, unit))
            chosen[best] += 1
            for need in out:
                for key in scorer.K:
                    held[need][key].append(result[best][need][key])
    held = {need: {key: None if None in v else sum(v) / len(v) for key, v in row.items()}
            for need, row in held.items()}
    print("%-8s %8s %10s   difference over needs" % ("metric", "R3", "held out"))
    for key in scorer.K:
        gain = scorer.boot(held, base, key)
        print("%-8s %8.4f %10.4f   %+.4f [%+.4f, %+.4f]" %
              ((key, unit[key], scorer.mean(held, key)) + gain))
    print("chosen (knowledge, latent):",
          ", ".join("%g %g: %d" % (k, l, n) for (k, l), n in chosen.most_common(6)))


main()
