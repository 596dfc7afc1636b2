"""From a publish call to the start of the reaction, at stated rates that the publisher keeps whatever happens."""

import throughput
from report import Row

RATES = (1_000, 10_000, 100_000)
GOALS = {("written", 10_000, "p50"): 1.6, ("written", 10_000, "p99"): 2.0}
NAMES = {"p50": "p50", "p99": "p99", "p999": "p99.9"}


def measure(bed):
    """publish call to reaction start, open loop at 1k, 10k and 100k/s, against raw libzmq at the same rate"""
    result = []
    for rate in RATES:
        base, runs = [], {"written": [], "synced": []}
        for _ in range(1 if bed.quick else bed.runs):
            base.append(throughput.raw(bed, rate=rate, sampled=True))
            for level in runs:
                runs[level].append(throughput.ours(bed, level, rate=rate, sampled=True))
        for which, name in NAMES.items():
            key = f"{which}_us"
            what, place = f"at {rate // 1000} k/s, {name}:", {"x": rate, "percentile": which}
            row = Row("latency", f"{what} raw libzmq, ipc", "µs", [run[key] for run in base])
            row.detail = place | {"series": "raw", "runs": base}
            result.append(row)
            for level, measured in runs.items():
                ratio = [run[key] / other[key] for run, other in zip(measured, base)]
                values = [run[key] for run in measured]
                goal = GOALS.get((level, rate, which))
                row = Row("latency", f"{what} {level}", "µs", values, ratio, "raw libzmq, ipc", goal, at_most=True)
                row.detail = place | {"series": level, "runs": measured}
                result.append(row)
    return result
