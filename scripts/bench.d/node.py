"""A process of a measurement: lines of JSON from it, lines to it."""

import json
import os
import select
import subprocess
import sys
import time


class Node:
    def __init__(self, *command, environment=None):
        self.is_handler = "part" in command
        self.name = " ".join(str(part) for part in command[:2])
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        self.buffer = b""

    @property
    def pid(self):
        return self.process.pid

    def tell(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def hear(self, event, seconds=60):
        """The next line of that kind; others are skipped. None when there is none in time."""
        deadline = time.monotonic() + seconds
        while True:
            while b"\n" in self.buffer:
                line, self.buffer = self.buffer.split(b"\n", 1)
                said = json.loads(line)
                if said["event"] == event:
                    return said
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                return None
            chunk = os.read(self.process.stdout.fileno(), 1 << 16)
            if not chunk:
                sys.exit(f"bench: {self.name} ended while '{event}' was awaited; it said why above")
            self.buffer += chunk

    def must_hear(self, event, seconds=60):
        said = self.hear(event, seconds)
        if said is None:
            sys.exit(f"bench: {self.name} did not say '{event}' within {seconds} s")
        return said

    def cpu_seconds(self):
        """Of all its threads."""
        try:
            # The other file counts in hundredths of a second, which is much for who does nothing.
            return sum(self.nanoseconds(thread) for thread in os.listdir(f"/proc/{self.pid}/task")) / 1e9
        except FileNotFoundError:
            return self.cpu_ticks()

    def nanoseconds(self, thread):
        with open(f"/proc/{self.pid}/task/{thread}/schedstat") as file:
            return int(file.read().split()[0])

    def cpu_ticks(self):
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self, which="VmRSS"):
        with open(f"/proc/{self.pid}/status") as file:
            for line in file:
                if line.startswith(which):
                    return int(line.split()[1]) / 1024
        return 0.0

    def end(self, seconds=30):
        """Ends its input, asks a handler to drain, waits."""
        if self.process.poll() is None:
            self.process.stdin.close()
            if self.is_handler:
                self.process.terminate()
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            sys.exit(f"bench: {self.name} did not end within {seconds} s")
        if status != 0:
            sys.exit(f"bench: {self.name} ended with status {status}")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        elif kind is None:
            self.end()
