"""The benchmark; run by scripts/bench."""

import argparse
import os
import sys
import time

import coder
import commits
import journals
import latency
import machine
import peers
import plots
import report
import shapes
import shop
import standing
import throughput
from bed import Bed

DOCS = "Sources/Troupe/Troupe.docc"
MEASUREMENTS = {
    "throughput": throughput.measure,
    "jetstream": peers.measure,
    "latency": latency.measure,
    "json": coder.measure,
    "catch-up": journals.catch_up,
    "restart": journals.restart,
    "behind": standing.behind,
    "sizes": shapes.sizes,
    "fan-out": shapes.fan_out,
    "chain": shapes.chain,
    "idle": standing.idle,
    "death": standing.death,
    "start": standing.start,
    "shop": shop.measure,
    "lines": shop.lines,
    "commits": commits.measure,
}


def options():
    names = "\n".join(f"  {name:12} {run.__doc__.splitlines()[0]}" for name, run in MEASUREMENTS.items())
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Measures Troupe against its goals.", epilog=f"NAME is one of\n{names}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to measure; all of it without one")
    parser.add_argument("--quick", action="store_true", help="short runs: three minutes in all")
    parser.add_argument("--runs", type=int, help="alternating runs of each measurement (5; with --quick 3)")
    parser.add_argument("--seconds", type=float, help="how long a publisher publishes in a run (20; with --quick 0.7)")
    parser.add_argument("--dir", default="/var/tmp", help="where journals are written: a disk (/var/tmp)")
    parser.add_argument("--out", default=".build/bench", help="where the JSON goes (.build/bench)")
    parser.add_argument("--docs", action="store_true", help="put the table and the plots of this run into the documentation; with names, for those of the last run")
    parser.add_argument("--audit-all", action="store_true", help="audit every run, not the first of each series (with --quick, of some)")
    parser.add_argument("--bin", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    for name in chosen.names:
        if name not in MEASUREMENTS:
            parser.error(f"'{name}' is not measured here; NAME is one of {', '.join(MEASUREMENTS)}")
    chosen.names = chosen.names or list(MEASUREMENTS)
    chosen.runs = chosen.runs or (3 if chosen.quick else 5)
    chosen.seconds = chosen.seconds or (0.7 if chosen.quick else 20)
    return chosen


def main():
    chosen = options()
    bed = Bed(chosen)
    facts = machine.facts(chosen.dir)
    print(machine.line(facts), flush=True)
    if facts["file_system"] in ("tmpfs", "ramfs"):
        sys.exit(f"bench: {chosen.dir} is in memory; name a folder on a disk with --dir")
    path = os.path.join(chosen.out, "bench.json")
    is_whole = chosen.names == list(MEASUREMENTS)
    settings = {"quick": chosen.quick, "runs": chosen.runs, "seconds": chosen.seconds}
    # Before anything is measured for nothing.
    kept, last = report.read(path, settings, chosen.names) if chosen.docs and not is_whole else ([], None)
    rows = []
    for name in chosen.names:
        began = time.monotonic()
        bed.measurement = name
        print(f"{name}: {MEASUREMENTS[name].__doc__.splitlines()[0]}", flush=True)
        for row in MEASUREMENTS[name](bed):
            print(row.line(), flush=True)
            rows.append(row)
        bed.finish_audits()
        print(f"  ({time.monotonic() - began:.0f} s)", flush=True)
    if bed.audits["homes"]:
        print(f"audited {bed.audits['homes']} of the measured homes: lost 0, doubled 0, events {bed.audits['events']:,}")
    again, measured, audits = [], rows, bed.audits
    if last:
        facts, is_whole = last["machine"], True
        again = sorted({*last["again"], *chosen.names})
        audits = {name: count + last["audit"][name] for name, count in audits.items()}
        rows = sorted(kept + rows, key=lambda row: list(MEASUREMENTS).index(row.measurement))
    report.write(path, facts, settings, rows, audits, is_whole=is_whole, again=again)
    plots.write(chosen.out, rows)
    if chosen.docs:
        plots.write(f"{DOCS}/Resources", rows)
        command = "scripts/bench" + (" --quick" if chosen.quick else "")
        how = f"`{command}`: {chosen.runs} runs of {chosen.seconds:g} s where there is no other word; the median of the runs, the least and the greatest."
        if again:
            how += f" Measured once more, later: {', '.join(again)}."
        report.put(f"{DOCS}/Benchmarks.md", report.markdown(machine.line(facts) + ".", how, rows))
    missed = [row for row in measured if row.verdict == "MISSED"]
    print(f"{len(missed)} of {sum(1 for row in measured if row.goal is not None)} goals missed; written to {path}")


main()
