"""Plots of a run as SVG, by hand: axes with logarithmic ticks, a line for each series, its name at its end."""

import math
import os
from dataclasses import dataclass, field

COLORS = {
    "raw": "#8a8f98", "raw ipc": "#8a8f98", "raw tcp": "#c0a36e", "written": "#1f6feb", "synced": "#d1242f",
    "written p50": "#1f6feb", "written p99": "#1f6feb", "raw p50": "#8a8f98", "raw p99": "#8a8f98",
    "synced p50": "#d1242f", "synced p99": "#d1242f", "handler": "#1f6feb",
}  # fmt: skip
WIDTH, HEIGHT = 460, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 92, 36, 46


@dataclass
class Chart:
    title: str
    x_name: str
    x_base: int = 1000
    series: dict = field(default_factory=dict)
    """By name, (x, y) in order of x."""

    def add(self, name, x, y):
        self.series.setdefault(name, []).append((x, y))


def short(value, base=1000):
    for power, unit in ((3, "G"), (2, "M"), (1, "k")):
        if value >= base**power:
            return f"{value / base**power:g} {unit}{'i' if base == 1024 else ''}"
    return f"{value:g}"


def ticks(low, high):
    """Powers of ten between two values, with both around them."""
    return [10.0**power for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]


def spread(places, lowest, gap=13):
    """Moves labels apart that would lie on each other, and none below `lowest`; keeps their order."""
    names, ys = zip(*sorted(places.items(), key=lambda item: item[1]))
    ys = list(ys)
    for i in range(1, len(ys)):
        ys[i] = max(ys[i], ys[i - 1] + gap)
    ys[-1] = min(ys[-1], lowest)
    for i in reversed(range(len(ys) - 1)):
        ys[i] = min(ys[i], ys[i + 1] - gap)
    return dict(zip(names, ys))


def panel(chart, offset):
    points = [point for line in chart.series.values() for point in line]
    xs, ys = [x for x, _ in points], ticks(min(y for _, y in points), max(y for _, y in points))
    if len(ys) == 1:
        ys.append(ys[0] * 10)
    x_low, x_high = math.log10(min(xs)), math.log10(max(xs))
    y_low, y_high = math.log10(ys[0]), math.log10(ys[-1])
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def at(x, y):
        across = (math.log10(x) - x_low) / ((x_high - x_low) or 1)
        up = (math.log10(y) - y_low) / (y_high - y_low)
        return offset + LEFT + across * inner_width, TOP + (1 - up) * inner_height

    out = [f'<text x="{offset + LEFT}" y="20" class="title">{chart.title}</text>']
    for y in ys:
        _, place = at(min(xs), y)
        out.append(f'<line x1="{offset + LEFT}" x2="{offset + WIDTH - RIGHT}" y1="{place:.1f}" y2="{place:.1f}" class="grid"/>')
        out.append(f'<text x="{offset + LEFT - 6}" y="{place + 4:.1f}" class="end">{short(y)}</text>')
    for x in sorted(set(xs)):
        place, _ = at(x, ys[0])
        out.append(f'<text x="{place:.1f}" y="{HEIGHT - BOTTOM + 16}" class="middle">{short(x, chart.x_base)}</text>')
    out.append(f'<text x="{offset + LEFT + inner_width / 2:.0f}" y="{HEIGHT - 10}" class="middle">{chart.x_name}</text>')
    ends = {}
    for name, line in chart.series.items():
        places = [at(x, y) for x, y in sorted(line)]
        color, dash = COLORS.get(name, "#57606a"), ' stroke-dasharray="4 3"' if name.endswith("p99") else ""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        out.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"{dash}/>')
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in places]
        ends[name] = places[-1][1]
    for name, y in spread(ends, HEIGHT - BOTTOM).items():
        color = COLORS.get(name, "#57606a")
        out.append(f'<text x="{offset + WIDTH - RIGHT + 8}" y="{y + 4:.1f}" fill="{color}">{name}</text>')
    return out


def svg(charts):
    width = WIDTH * len(charts)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}" fill="#24292f">',
        "<style>text{font:11px sans-serif}.title{font-weight:bold;font-size:13px}.end{text-anchor:end}"
        ".middle{text-anchor:middle}.grid{stroke:#d8dee4}</style>",
        f'<rect width="{width}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for number, chart in enumerate(charts):
        out += panel(chart, number * WIDTH)
    return "\n".join([*out, "</svg>", ""])


def charts(rows):
    """The plots that these rows suffice for, by file name."""
    sizes = Chart("Events/s by the size of their data", "bytes", 1024)
    latency = Chart("Publish call to reaction start, µs", "events/s")
    restart = Chart("Killed until it hears again, ms", "entries behind")
    catch_up = Chart("Catching up, events/s", "events behind")
    for row in rows:
        if row.measurement == "sizes":
            sizes.add(row.detail["series"], row.detail["x"], row.median)
        elif row.measurement == "latency" and row.detail.get("percentile") in ("p50", "p99"):
            latency.add(f"{row.detail['series']} {row.detail['percentile']}", row.detail["x"], row.median)
        elif row.measurement == "restart":
            restart.add("handler", row.detail["x"], row.median)
        elif row.measurement == "catch-up":
            catch_up.add("handler", row.detail["x"], row.median)
    found = {"bench-sizes.svg": [sizes], "bench-latency.svg": [latency], "bench-growth.svg": [restart, catch_up]}
    return {name: drawn for name, drawn in found.items() if all(chart.series for chart in drawn)}


def write(folder, rows):
    os.makedirs(folder, exist_ok=True)
    for name, drawn in charts(rows).items():
        with open(os.path.join(folder, name), "w") as file:
            file.write(svg(drawn))
