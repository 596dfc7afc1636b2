"""Counts instructions for each event of a hot path under callgrind; run by scripts/instructions."""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

LIMITS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "instructions.json")
EVENTS = 16384
WHAT = {
    "publish": "emitted event to entry and frame",
    "bulk": "root of a batch to entry and frame",
    "hear": "frame to raw reaction to entry",
    "react": "the same, with one event said",
    "encode": "event to record",
    "decode": "record to event",
    "json": "typed order from JSON and back",
}


def count(program, path, folder):
    """Instructions for one event, and callgrind's file."""
    out = f"{folder}/{path}.out"
    command = [
        "valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--collect-atstart=no",
        "--toggle-collect=*countedSection*", program, "path", path, "--home", f"{folder}/{path}", "--events", str(EVENTS),
    ]  # fmt: skip
    # Hashes that differ from run to run would make the counts differ.
    run = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"SWIFT_DETERMINISTIC_HASHING": "1"})
    if run.returncode != 0:
        sys.exit(f"instructions: {path} failed:\n{run.stdout}{run.stderr}")
    total = re.search(r"Collected : (\d+)", run.stderr)
    if not total or int(total[1]) == 0:
        sys.exit(f"instructions: callgrind counted nothing in {path}:\n{run.stderr}")
    return int(total[1]) / EVENTS, out


def heaviest(out, names):
    """The functions with most instructions, those that they call included."""
    text = subprocess.run(["callgrind_annotate", "--inclusive=yes", "--threshold=99", out], capture_output=True, text=True).stdout
    text = subprocess.run(["swift", "demangle", "--compact", "--simplified"], input=text, capture_output=True, text=True).stdout
    found = re.findall(r"^\s*[\d,]+ (\([ \d.]+%\))\s+(?:\?\?\?|[^:]*):(.*?)(?: \[[^\]]*\])?$", text, re.MULTILINE)
    inside = [f"{share} {name[:110]}" for share, name in found if name != "function" and "00.0%" not in share]
    return inside[:names]


def main():
    parser = argparse.ArgumentParser(prog="scripts/instructions")
    parser.add_argument("program", help=argparse.SUPPRESS)
    parser.add_argument("paths", nargs="*", metavar="PATH", help=f"of {', '.join(WHAT)}; all without one")
    parser.add_argument("--write", action="store_true", help="set the limits to the present counts plus a tenth")
    parser.add_argument("--heaviest", type=int, default=0, metavar="N", help="print N functions that take most")
    options = parser.parse_args()
    with open(LIMITS) as file:
        limits = json.load(file)
    exceeded = False
    with tempfile.TemporaryDirectory(prefix="troupe-") as folder:
        program = f"{folder}/bench-node"
        # Valgrind cannot read the debugger's tables that Swift 6 writes; the names of functions stay.
        subprocess.run(["strip", "--strip-debug", "-o", program, options.program], check=True)
        for path in options.paths or WHAT:
            number, out = count(program, path, folder)
            limit = limits.get(path)
            is_over = limit is not None and number > limit
            exceeded |= is_over
            verdict = "no limit" if limit is None else "EXCEEDED" if is_over else "ok"
            print(f"{path:8} {number:10,.0f} instructions an event   limit {limit or 0:10,}  {verdict:8}  {WHAT[path]}", flush=True)
            for line in heaviest(out, options.heaviest) if options.heaviest else ():
                print(f"           {line}")
            if options.write:
                limits[path] = round(number * 1.1 / 10) * 10
    if options.write:
        with open(LIMITS, "w") as file:
            json.dump(limits, file, indent=2)
            file.write("\n")
    sys.exit(1 if exceeded and not options.write else 0)


main()
