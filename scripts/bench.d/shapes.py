"""The same by the size of the data, by the number of consumers, and by the length of a chain."""

import throughput
from report import Row


def count(bed):
    """Events to many handlers, which the audit reads once more for each of them."""
    return 300_000 if bed.quick else 1_000_000


def sizes(bed):
    """throughput from 64 B to 64 KiB, ipc; tcp of raw libzmq beside it"""
    seconds = bed.seconds if bed.quick else bed.seconds / 4
    wanted = (64, 4096, 65536) if bed.quick else (64, 256, 1024, 4096, 16384, 65536)
    result = []
    for size in wanted:
        batch = max(1, min(512, (1 << 20) // size))
        base, tcp, runs = [], [], {level: [] for level in (("written",) if bed.quick else ("written", "synced"))}
        for _ in range(1 if bed.quick else 3):
            base.append(throughput.raw(bed, size, seconds=seconds))
            tcp.append(throughput.raw(bed, size, transport="tcp", seconds=seconds))
            for level in runs:
                runs[level].append(throughput.ours(bed, level, size, batch=batch, seconds=seconds))
        rows = throughput.rows("sizes", base, {"raw libzmq, tcp": tcp, **runs}, "raw libzmq, ipc", {})
        for row, series in zip(rows, ("raw ipc", "raw tcp", "written", "synced")):
            row.what = f"{size} B: {row.what}"
            row.detail |= {"x": size, "series": series, "mb_per_second": row.median * size / 1e6}
        result += rows
    return result


def fan_out(bed):
    """one publisher to 8 handlers; the slowest counts"""
    base, runs = [], {"written": []}
    for _ in range(1 if bed.quick else 3):
        base.append(throughput.raw(bed, fan_out=8))
        runs["written"].append(throughput.ours(bed, "written", fan_out=8, count=count(bed)))
    rows = throughput.rows("fan-out", base, runs, "raw libzmq, ipc", {})
    for row in rows:
        row.what += ", to 8"
    return rows


def chain(bed):
    """a chain of 2, 4 and 8 handlers that pass each event on: throughput, and the latency of a hop at 1 k/s"""
    result, levels = [], ("written",) if bed.quick else ("written", "synced")
    for length in (4,) if bed.quick else (2, 4, 8):
        fast = [throughput.ours(bed, "written", chain=length, count=count(bed)) for _ in range(1 if bed.quick else 3)]
        slow = [
            throughput.ours(bed, level, chain=length, rate=1000, sampled=True, seconds=min(bed.seconds, 5))
            for level in levels
        ]
        result.append(Row("chain", f"{length} handlers, written: events through", "/s", [run["per_second"] for run in fast]))
        for level, run in zip(levels, slow):
            for key, name in (("p50_us", "p50"), ("p99_us", "p99")):
                what = f"{length} handlers, {level}: reacting hop, {name}"
                result.append(Row("chain", what, "µs", [run[key]], detail={"x": length}))
    return result
