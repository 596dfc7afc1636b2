"""The example shop with typed JSON, and publishing in bulk from the command line."""

import json
import os
import subprocess
import time

from report import Row

ORDER = '{{"orderID":"A-{}","sku":"tea","quantity":2,"total":1980}}'
HANDLERS = ("order", "payment", "stock", "delivery", "notification")
LINES_GOAL = 200_000


def troupe(bed, *arguments, **options):
    out = subprocess.run([f"{bed.bin}/troupe", *map(str, arguments)], capture_output=True, text=True, **options)
    if out.returncode != 0:
        raise SystemExit(f"bench: troupe {arguments[0]} failed: {out.stdout}{out.stderr}")
    return out.stdout


def orders(path, count):
    with open(path, "w") as file:
        file.writelines(ORDER.format(number) + "\n" for number in range(count))
    return path


class Shop:
    """A running shop in a home of its own, every handler at one level."""

    def __init__(self, bed, home, level):
        self.bed, self.home, self.file = bed, home, f"{home}.yaml"
        handlers = "".join(f"  {name}: {{ durability: {level} }}\n" for name in HANDLERS)
        with open(self.file, "w") as file:
            file.write(f"choreography: shop\nhome: {home}\nexecutables: [{bed.bin}]\nhandlers:\n{handlers}")

    def __enter__(self):
        troupe(self.bed, "up", self.file, "--detach")
        return self

    def __exit__(self, *_):
        troupe(self.bed, "down", self.file)
        os.unlink(self.file)

    def publish(self, *arguments):
        return troupe(self.bed, "publish", "shop.order.placed", *arguments, "--await", "--timeout", "5m", "--home", self.home)

    def flow_ms(self, number, level):
        """Publishes one order; the time from its root to the end of its last step, by the journals."""
        flow = self.publish(ORDER.format(number), "--durability", level).split()[1]
        trace = json.loads(troupe(self.bed, "trace", flow, "--format", "json", "--home", self.home))
        ends = [step["sinceRoot"] for step in trace["steps"]]
        ends += [heard["sinceRoot"] for step in trace["steps"] for heard in step["heardBy"] if "sinceRoot" in heard]
        return max(ends) / 1000


def measure(bed):
    """the shop with typed JSON: flows per second, and the time of one flow"""
    count = 1_000 if bed.quick else 20_000
    result = []
    for level in ("written", "synced"):
        rates, times = [], []
        for _ in range(1 if bed.quick else 3):
            with bed.home() as home:
                with Shop(bed, home, level) as shop:
                    times += [shop.flow_ms(number, level) for number in range(5 if bed.quick else 20)]
                    path = orders(f"{home}/orders.jsonl", count)
                    began = time.monotonic()
                    shop.publish("--lines", "--durability", level, f"@{path}")
                    rates.append(count / (time.monotonic() - began))
                bed.audit(home, level)
        result.append(Row("shop", f"{level}: {count:,} flows at once, five events each", "flows/s", rates))
        result.append(Row("shop", f"{level}: one flow, root to last step", "ms", times))
    return result


def lines(bed):
    """troupe publish --lines"""
    count, result = 100_000 if bed.quick else 1_000_000, []
    for level in ("written", "synced"):
        rates = []
        for _ in range(1 if bed.quick else bed.runs):
            with bed.home() as home:
                path = orders(f"{home}/orders.jsonl", count)
                began = time.monotonic()
                troupe(bed, "publish", "shop.order.placed", "--lines", f"@{path}", "--durability", level, "--home", home)
                rates.append(count / (time.monotonic() - began))
                bed.audit(home, level)
        result.append(Row("lines", f"{level}: {count:,} lines of 52 bytes", "/s", rates, goal=LINES_GOAL))
    return result
