"""Where measurements run: folders on a disk, the programs, and the limits of this call."""

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from node import Node


QUICK_AUDITS = ("throughput", "latency", "catch-up", "shop", "lines")


class Bed:
    def __init__(self, options):
        self.bin = options.bin
        self.dir = options.dir
        self.quick = options.quick
        self.runs = options.runs
        self.seconds = options.seconds
        self.audits_all = options.audit_all
        self.measurement = ""
        self.audited = set()
        self.audits = {"homes": 0, "events": 0}
        self.kept = []
        atexit.register(lambda: [shutil.rmtree(home, ignore_errors=True) for home in self.kept])

    @contextmanager
    def home(self):
        path = tempfile.mkdtemp(prefix="troupe-bench.", dir=self.dir)
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def raw(self, *arguments):
        return Node(f"{self.bin}/bench-raw", *arguments)

    def node(self, *arguments, environment=None):
        return Node(f"{self.bin}/bench-node", *arguments, environment=environment)

    def percentiles(self, samples):
        """p50, p99, p99.9 and the maximum of a file of latencies, in microseconds."""
        out = subprocess.run([f"{self.bin}/bench-node", "percentiles", samples], capture_output=True, check=True)
        said = json.loads(out.stdout)
        return {f"{name}_us": said[name] / 1000 for name in ("p50", "p99", "p999", "max")}

    @staticmethod
    def free_port():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    @staticmethod
    def check(count, done):
        """Every part saw each event once, in order; ends the benchmark otherwise. Of every run."""
        for part in done:
            if part["reactions"] != count or part["strays"]:
                sys.exit(f"bench: {count} published, {part['reactions']} handled, {part['strays']} out of line")

    def audit(self, home, series=""):
        """Keeps a measured home for the audit that follows the measurement; nothing more may be done with it.

        Of the first run of each series, with --quick of some measurements: the auditor reads some 70,000 events a second.
        """
        is_left_out = (self.measurement, series) in self.audited or self.quick and self.measurement not in QUICK_AUDITS
        if is_left_out and not self.audits_all:
            return
        self.audited.add((self.measurement, series))
        kept = f"{home}.kept"
        os.rename(home, kept)
        self.kept.append(kept)

    def finish_audits(self):
        """Counts the very journals of a measurement; ends the benchmark when anything is lost or doubled."""
        auditor = os.path.join(os.path.dirname(__file__), "..", "audit.py")

        def audited(home):
            out = subprocess.run([sys.executable, auditor, home], capture_output=True, text=True)
            shutil.rmtree(home, ignore_errors=True)
            return out

        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            for out in pool.map(audited, self.kept):
                if out.returncode != 0:
                    sys.exit(f"bench: the audit of a measured home failed:\n{out.stdout}{out.stderr}")
                self.audits["homes"] += 1
                self.audits["events"] += int(out.stdout.split("events ")[-1].split(",")[0])
        self.kept.clear()

    @staticmethod
    def disk_bytes(home):
        """The bytes of all files below a folder."""
        return sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(home) for name in names)
