"""Drives `troupe top` in a pseudo-terminal: keys, a resize, and that the terminal is as before, however it ends.

Usage: drive_top.py TROUPE HOME, where the home has the running handler 'clumsy'. Says nothing when all is well."""

import fcntl
import os
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time

ENTER, LEAVE, TOP_LEFT = b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[H"


class Terminal:
    def __init__(self, arguments, width=80, height=24):
        self.master, self.slave = os.openpty()
        self.before = termios.tcgetattr(self.slave)
        self.resize(width, height)
        self.seen = b""
        self.process = subprocess.Popen(
            arguments, stdin=self.slave, stdout=self.slave, stderr=subprocess.PIPE,
            env={**os.environ, "NO_COLOR": "1"}, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))

    def resize(self, width, height):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def read(self, seconds):
        if select.select([self.master], [], [], seconds)[0]:
            self.seen += os.read(self.master, 65536)

    def frame(self):
        """The lines of the last frame that is whole."""
        whole = self.seen[: self.seen.rfind(b"\x1b[J")]
        last = whole[whole.rfind(TOP_LEFT) + len(TOP_LEFT):].decode(errors="replace")
        return [re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", line) for line in re.split(r"\r*\n", last)]

    def wait(self, what, condition, seconds=60):
        deadline = time.monotonic() + seconds
        while not condition(self.frame()):
            if time.monotonic() > deadline or self.process.poll() is not None:
                sys.exit(f"{what} did not show; the screen is:\n" + "\n".join(self.frame()))
            self.read(0.1)

    def press(self, keys):
        os.write(self.master, keys)

    def end(self, what, expected):
        deadline = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < deadline:
            self.read(0.05)
        self.read(0)
        if self.process.poll() != expected:
            sys.exit(f"after {what} it ended with {self.process.poll()}, not {expected}")
        if termios.tcgetattr(self.slave) != self.before:
            sys.exit(f"after {what} the terminal's modes are not as before")
        if self.seen.count(ENTER) != self.seen.count(LEAVE) or not self.seen.rstrip().endswith(LEAVE):
            sys.exit(f"after {what} the screen was not given back: {self.seen[-80:]}")
        for descriptor in (self.master, self.slave):
            os.close(descriptor)


def row(lines, name):
    return next((line for line in lines if line.startswith(name)), "")


def main():
    troupe, home = sys.argv[1:3]
    arguments = [troupe, "top", "--home", home, "--interval", "200ms"]

    terminal = Terminal(arguments)
    terminal.wait("a handler", lambda lines: "running" in row(lines, "clumsy") and len(lines) == 24)
    assert all(len(line) <= 80 for line in terminal.frame()), terminal.frame()
    terminal.resize(60, 10)
    terminal.wait("a smaller screen", lambda lines: len(lines) == 10 and max(map(len, lines)) <= 60)
    assert "RETRY" in terminal.frame()[2] and "DISK" not in terminal.frame()[2], terminal.frame()
    terminal.resize(140, 12)
    terminal.wait("a wider screen", lambda lines: len(lines) == 12 and "PID" in lines[2])
    terminal.press(b"sss")
    terminal.wait("the sorted column", lambda lines: "▾OUT/s" in lines[2])
    terminal.press(b"r")
    terminal.wait("the other way round", lambda lines: "▴OUT/s" in lines[2])
    terminal.press(b"/zzz")
    terminal.wait("the filter", lambda lines: "no handler matches 'zzz'" in lines[3])
    terminal.press(b"\x1b")
    terminal.wait("every handler again", lambda lines: row(lines, "clumsy"))
    terminal.press(b"h")
    terminal.wait("the help", lambda lines: any("any key leaves this" in line or "events heard" in line for line in lines))
    terminal.press(b" ")
    terminal.wait("the table again", lambda lines: row(lines, "clumsy"))
    terminal.press(b"q")
    terminal.end("q", 0)

    for number, expected in [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGHUP, 0), (signal.SIGSEGV, -signal.SIGSEGV)]:
        terminal = Terminal(arguments)
        terminal.wait("a handler", lambda lines: row(lines, "clumsy"))
        terminal.process.send_signal(number)
        terminal.end(signal.Signals(number).name, expected)

    terminal = Terminal(arguments)
    terminal.wait("a handler", lambda lines: row(lines, "clumsy"))
    terminal.press(b"\x03")
    terminal.end("Ctrl-C", 0)

    # Stopped, it leaves the terminal to others; it comes back where it was.
    terminal = Terminal(arguments)
    terminal.wait("a handler", lambda lines: row(lines, "clumsy"))
    terminal.press(b"\x1a")
    deadline = time.monotonic() + 60
    while open(f"/proc/{terminal.process.pid}/stat").read().rpartition(")")[2].split()[0] != "T":
        if time.monotonic() > deadline:
            sys.exit("Ctrl-Z did not stop it")
        terminal.read(0.05)
    if termios.tcgetattr(terminal.slave) != terminal.before:
        sys.exit("after Ctrl-Z the terminal's modes are not as before")
    terminal.process.send_signal(signal.SIGCONT)
    terminal.wait("the table after SIGCONT", lambda lines: terminal.seen.count(ENTER) == 2 and row(lines, "clumsy"))
    terminal.press(b"q")
    terminal.end("Ctrl-Z and q", 0)

    # The home goes away under it: that is said, what was known stays, and it ends as ever.
    copy = home + "-gone"
    shutil.copytree(home, copy, ignore=shutil.ignore_patterns("run"))
    terminal = Terminal([troupe, "top", "--home", copy, "--interval", "200ms"])
    terminal.wait("a handler", lambda lines: row(lines, "clumsy"))
    shutil.rmtree(copy)
    terminal.wait("what is wrong", lambda lines: "there is no home at" in lines[-1] and row(lines, "clumsy"))
    terminal.press(b"q")
    terminal.end("q without a home", 0)


main()
