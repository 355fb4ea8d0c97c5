# Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.
"""What the peers' programs share: arguments, cores, measurement, and the line that is printed.

A program imports this first, and its library only after `start`, since libraries read cores, threads and flags when
they are loaded. Run alone, `jax_peer.py --threads 1 --only xor_mlp:jit` prints one JSON line.
"""

import argparse
import json
import os
import resource
import statistics
import time

_forms = {}


def workload(name, *forms):
    """Registers a function of a form that returns (step, finish); finish waits for what the steps have begun."""

    def register(function):
        for form in forms:
            _forms[(name, form)] = function
        return function

    return register


def start(peer):
    """Reads the arguments, and keeps this process to so many cores and threads."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", default="", help="NAME:FORM; all of them, one after another, unless given")
    parser.add_argument("--blocks", type=int, default=7)
    parser.add_argument("--block-seconds", type=float, default=0.1)
    parser.add_argument("--list", action="store_true", help="print the names and forms")
    options = parser.parse_args()
    options.peer = peer
    cores = sorted(os.sched_getaffinity(0))[-options.threads :]
    os.sched_setaffinity(0, cores)
    for pool in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[pool] = str(options.threads)
    return options


def peak_megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(options, prepare):
    """The first step apart, a warm-up that sizes the blocks, then blocks of steps, of which the median counts."""
    clock = time.perf_counter
    step, finish = prepare()
    begin = clock()
    step()
    finish()
    first = clock() - begin

    count, begin = 0, clock()
    while count < 3 or clock() - begin < 1.5 * options.block_seconds:
        step()
        count += 1
        if clock() - begin > 20 * options.block_seconds:
            break
    finish()
    estimate = (clock() - begin) / count
    steps = min(max(int(options.block_seconds / estimate), 1), 50_000)

    blocks, total = [], 0.0
    for block in range(options.blocks):
        if block >= 5 and total > 6:
            break
        begin = clock()
        for _ in range(steps):
            step()
        finish()
        seconds = clock() - begin
        blocks.append(seconds / steps)
        total += seconds
    return {
        "median_ms": statistics.median(blocks) * 1e3,
        "min_ms": min(blocks) * 1e3,
        "max_ms": max(blocks) * 1e3,
        "blocks": len(blocks),
        "steps_per_block": steps,
        "first_step_ms": first * 1e3,
        "peak_rss_mb": peak_megabytes(),
    }


def main(options, version):
    if options.list:
        for name, form in _forms:
            print(f"{name}:{form}")
        return
    wanted = [entry for entry in options.only.split(",") if entry]
    known = {f"{name}:{form}": (name, form) for name, form in _forms}
    for entry in wanted or known:
        if entry not in known:
            raise SystemExit(f"there is no workload '{entry}' of {options.peer}; --list names them")
        name, form = known[entry]
        base = peak_megabytes()
        build = [0.0]

        def prepare():
            begin = time.perf_counter()
            prepared = _forms[(name, form)](form)
            build[0] = (time.perf_counter() - begin) * 1e3
            return prepared

        result = {"peer": options.peer, "form": form, "workload": name, "threads": options.threads}
        result |= measure(options, prepare)
        # Making data and building a model are in build_ms, together.
        result |= {"build_ms": build[0], "start_rss_mb": base, "version": version}
        print(json.dumps(result), flush=True)
