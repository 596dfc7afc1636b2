"""Group commit: how many events share an entry, a write and an fdatasync at different loads, and what a lone one waits."""

import json
import os

from report import Row


def once(bed, rate, seconds):
    """A publisher alone at `synced`, an entry for each call; 0 publishes as fast as it can, from batches."""
    with bed.home() as home:
        environment = os.environ | {"LD_PRELOAD": f"{bed.bin}/bench-count.so", "BENCH_COUNT": f"{home}/count"}
        pace = ["--rate", rate, "--batch", 1] if rate else ["--batch", 256]
        with bed.node(
            "source", "--home", home, "--durability", "synced", "--seconds", seconds, *pace, "--samples",
            f"{home}/samples", environment=environment,
        ) as source:  # fmt: skip
            source.must_hear("ready")
            source.tell("go")
            sent = source.must_hear("published", 600)
        with open(f"{home}/count") as file:
            counted = json.load(file)
        return bed.percentiles(f"{home}/samples") | counted | {"events": sent["count"]}


def measure(bed):
    """events to an fdatasync at different loads, and how much longer than its fdatasync a lone event takes"""
    result, seconds = [], 2 if bed.quick else 10
    for rate in (100, 1_000, 10_000, 0):
        runs = [once(bed, rate, seconds) for _ in range(1 if bed.quick else 3)]
        name = f"{rate:,}/s" if rate else "as fast as it can"
        row = Row("commits", f"{name}: events to an fdatasync", "", [run["events"] / run["syncs"] for run in runs])
        row.detail = {"x": rate, "runs": runs}
        result.append(row)
        result.append(Row("commits", f"{name}: writes to an fdatasync", "", [run["writes"] / run["syncs"] for run in runs]))
        waits, syncs = [run["p50_us"] for run in runs], [run["sync_ns"] / run["syncs"] / 1e3 for run in runs]
        row = Row("commits", f"{name}: call to synced, p50", "µs", waits)
        if rate == 100:
            row.ratio, row.against = [wait / sync for wait, sync in zip(waits, syncs)], "its fdatasync"
        result.append(row)
    return result
