"""Rows of the printed table, and the JSON."""

import json
import os
import statistics
from dataclasses import asdict, dataclass, field, fields


@dataclass
class Row:
    """A figure: the median of its runs, with the least and the greatest."""

    measurement: str
    what: str
    unit: str
    values: list
    ratio: list = field(default_factory=list)
    """Per run, to the baseline of the same run."""
    against: str = ""
    goal: float | None = None
    """Of the ratio when there is one, else of the value."""
    at_most: bool = False
    detail: dict = field(default_factory=dict)

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def judged(self):
        return statistics.median(self.ratio) if self.ratio else self.median

    @property
    def verdict(self):
        if self.goal is None:
            return ""
        is_met = self.judged <= self.goal if self.at_most else self.judged >= self.goal
        return "ok" if is_met else "MISSED"

    @property
    def spread(self):
        if len(self.values) < 2:
            return ""
        return f"{number(min(self.values), self.unit)} – {number(max(self.values), self.unit)}"

    def line(self):
        text = f"  {self.what:44} {number(self.median, self.unit):>10} {self.unit:8} {self.spread:19}"
        if self.ratio:
            text += f" {statistics.median(self.ratio):6.2f}× {self.against:16}"
            text += f" ({min(self.ratio):.2f} – {max(self.ratio):.2f})" if len(self.ratio) > 1 else ""
        if self.goal is not None:
            sign = "≤" if self.at_most else "≥"
            text += f"  goal {sign} {number(self.goal)}{'×' if self.ratio else ''}  {self.verdict}"
        return text.rstrip()


def number(value, unit=""):
    if unit in ("µs", "ms"):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    if abs(value) >= 1e6:
        return f"{value / 1e6:.2f} M"
    if abs(value) >= 1e4:
        return f"{value / 1e3:.0f} k"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"


def markdown(machine, settings, rows):
    """The table for people who read the documentation."""
    out = [machine, "", settings, "", "| what | median | spread | against | goal | |", "|---|---:|---|---|---|---|"]
    measurement = None
    for row in rows:
        if row.measurement != measurement:
            measurement = row.measurement
            out.append(f"| **{measurement}** | | | | | |")
        against = f"{statistics.median(row.ratio):.2f}× {row.against}" if row.ratio else ""
        goal = ""
        if row.goal is not None:
            goal = f"{'≤' if row.at_most else '≥'} {number(row.goal)}{'×' if row.ratio else ''}"
        figure = f"{number(row.median, row.unit)} {row.unit}".strip()
        out.append(f"| {row.what} | {figure} | {row.spread} | {against} | {goal} | {row.verdict} |")
    return "\n".join(out) + "\n"


def read(path, settings, without):
    """The rows of an earlier run of everything with the same settings, but for some measurements; and the run."""
    try:
        with open(path) as file:
            found = json.load(file)
    except FileNotFoundError:
        raise SystemExit(f"bench: there is no {path}; run all of it first")
    if not found.get("is_whole"):
        raise SystemExit(f"bench: {path} is of some measurements only; run all of it first")
    if found["settings"] != settings:
        raise SystemExit(f"bench: {path} is of a run with {found['settings']}; measure again with the same")
    names = [field.name for field in fields(Row)]
    rows = [Row(**{name: row[name] for name in names}) for row in found["results"] if row["measurement"] not in without]
    return rows, found


def put(path, text, mark="bench"):
    """Replaces what stands between the marks of a document."""
    with open(path) as file:
        document = file.read()
    begin, end = f"<!-- {mark}:begin -->\n", f"<!-- {mark}:end -->"
    head, tail = document.split(begin)[0], document.split(end)[1]
    with open(path, "w") as file:
        file.write(head + begin + "\n" + text + "\n" + end + tail)


def write(path, machine, settings, rows, audits, **run):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    results = [asdict(row) | {"median": row.median, "verdict": row.verdict} for row in rows]
    with open(path, "w") as file:
        document = {"machine": machine, "settings": settings, **run, "audit": audits, "results": results}
        json.dump(document, file, indent=1)
        file.write("\n")
