"""Typed JSON: our coder beside Foundation's, by the program that scripts/bench-json runs."""

import re
import subprocess

from report import Row

GOAL = 4.0


def measure(bed):
    """decode and encode of a typed order, against Foundation's JSON coders"""
    out = subprocess.run([f"{bed.bin}/json-bench"], capture_output=True, text=True, check=True).stdout
    result, title = [], ""
    for line in out.splitlines():
        words = line.split()
        if found := re.match(r"(\w+ order, \d+ bytes):", line):
            title = found[1]
        elif len(words) == 7 and words[0] == "EventJSON":
            row = Row("json", f"{title}: decode and encode", "ns", [float(words[3])], [float(words[6])])
            row.against, row.goal = "as fast as Foundation", GOAL
            result.append(row)
    if not result:
        raise SystemExit(f"bench: json-bench printed nothing that is known here:\n{out}")
    return result
