#!/usr/bin/env python3
# Copyright 2026 The graphc authors. Licensed under the Apache License, Version 2.0.
#
# Usage: conformance_sample.py FIXTURES OUTPUT
#
# Picks small cases of the conformance fixtures, at most two an op of onnx and one an op and element type of opinfo,
# and writes them in the same form: the part of the fixtures that lies in the repository.

import json
import pathlib
import struct
import sys

LIMITS = {  # suite: cases of one key, bytes of the tensors of one case, bytes of all tensors
    "onnx": (2, 4096, 300_000),
    "opinfo": (1, 4096, 500_000),
}


def key(suite, case):
    if suite == "onnx":
        ops = case["ops"]
        return ops[0] if len(ops) == 1 else case["family"].split("_")[1]
    return case["op"], case["dtype"]


def sample(suite, source, target):
    per_key, largest_case, largest = LIMITS[suite]
    data = (source / "tensors.safetensors").read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    lines = (source / "cases.jsonl").read_text().splitlines()
    cases = [(json.loads(line), line) for line in lines]
    names = {case["name"] for case, _ in cases}
    tensors = {name: [] for name in names}
    for tensor in header:
        # Names hold slashes, so the longest prefix that is a case decides.
        parts = tensor.split("/")
        owner = next(
            "/".join(parts[:count])
            for count in range(len(parts) - 1, 0, -1)
            if "/".join(parts[:count]) in names
        )
        tensors[owner].append(tensor)

    def size(case):
        spans = [header[tensor]["data_offsets"] for tensor in tensors[case["name"]]]
        return sum(end - begin for begin, end in spans)

    chosen, counts, total = set(), {}, 0
    for case, line in sorted(cases, key=lambda entry: (size(entry[0]) + len(entry[1]), entry[0]["name"])):
        group = key(suite, case)
        bytes_ = size(case)
        if counts.get(group, 0) == per_key or bytes_ > largest_case or total + bytes_ > largest:
            continue
        if len(line) > 12_000:
            continue
        counts[group] = counts.get(group, 0) + 1
        total += bytes_
        chosen.add(case["name"])

    target.mkdir(parents=True, exist_ok=True)
    kept, body, offset = {}, [], 0
    for case, _ in cases:
        if case["name"] not in chosen:
            continue
        for tensor in sorted(tensors[case["name"]]):
            entry = header[tensor]
            begin, end = entry["data_offsets"]
            body.append(data[8 + length + begin : 8 + length + end])
            kept[tensor] = {
                "dtype": entry["dtype"],
                "shape": entry["shape"],
                "data_offsets": [offset, offset + end - begin],
            }
            offset += end - begin
    head = json.dumps(kept, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    (target / "tensors.safetensors").write_bytes(struct.pack("<Q", len(head)) + head + b"".join(body))
    (target / "cases.jsonl").write_text("".join(line + "\n" for case, line in cases if case["name"] in chosen))
    print(f"{suite}: {len(chosen)} cases, {offset} bytes of tensors")


source, target = map(pathlib.Path, sys.argv[1:])
for suite in LIMITS:
    sample(suite, source / suite, target / suite)
