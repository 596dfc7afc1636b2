"""Reads the golden home with scripts/audit.py, which knows the formats from their articles alone, and prints what it finds.

    python3 read_golden.py Tests/TroupeTests/GoldenHome
"""

import io
import json
import os
import struct
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
sys.path.insert(0, os.path.join(ROOT, "scripts"))

import audit  # noqa: E402

ITEMS = {
    1: "park", 2: "unpark", 3: "dead letter", 4: "dead letter gone", 5: "cursor", 6: "epoch", 7: "lost", 8: "trying",
    9: "closed", 10: "opened", 11: "forgot", 32: "took",
}
PROOFS = ("nothing", "what was durable", "everything")


def stream(name):
    return f"{name[1]} of {name[0]}"


def place(reader):
    name, epoch, sequence = reader.position()
    return f"{stream(name)} #{sequence} in {epoch}"


def topics(reader, code):
    return {reader.text(): reader.number("Q") for _ in range(reader.number(code))}


def item(tag, reader):
    """Reads an item to its end, and tells it."""
    told = ""
    if tag in (1, 3):
        told = place(reader)
        if tag == 1:
            reason, due, attempts = reader.number("B"), reader.number("q"), reader.number("I")
            told += f", reason {reason}, due {due}, {attempts} failed, key {reader.text('H')!r}"
        else:
            told += f", at {reader.number('q')}, {reader.number('I')} attempts"
        told += f", {reader.text('H')!r}, a record of {len(reader.block('I'))} bytes"
    elif tag in (2, 4):
        told = place(reader)
    elif tag in (5, 7):
        told = f"{stream(reader.stream())}, epoch {reader.number('Q')}, low mark {reader.number('Q')}"
    elif tag == 6:
        told = f"{reader.number('Q')}, firsts {topics(reader, 'I')}"
    elif tag == 8:
        told = f"{place(reader)}, {reader.number('I')} in a row"
    elif tag == 11:
        told = f"before {reader.number('Q')}"
    elif tag == 32:
        told = ", ".join(str(reader.number("I")) for _ in range(len(reader.data) // 4)) + " µs"
    if reader.more:
        raise audit.Damage(f"item {tag} has more bytes than it says")
    return f"{ITEMS[tag]} {told}".rstrip()


def checkpoint(data):
    reader = audit.Bytes(data)
    count, version = reader.number("I"), 1
    if count == 0xFFFFFFFF:
        version, count = reader.number("B"), reader.number("I")
    print(f"  checkpoint of version {version}")
    for _ in range(count):
        name, epoch, low = reader.stream(), reader.number("Q"), reader.number("Q")
        last = f", last #{reader.number('Q')} with {reader.number('I'):08x}" if version == 2 else ""
        ranges = [(reader.number("Q"), reader.number("Q")) for _ in range(reader.number("I"))]
        print(f"    cursor {stream(name)}, epoch {epoch}, low mark {low}{last}, above {ranges}")
    print(f"    next {topics(reader, 'I')}")
    for tag, body in audit.items(reader.block("I")):
        print(f"    {item(tag, body)}")


def records(data):
    """(topic, sequence, serial) of each record, its checksum computed."""
    at = 0
    while at < len(data):
        length, crc, version, flags, *_, sequence = audit.RECORD.unpack_from(data, at)
        if version != 1 or audit.crc32c(data[at + 8 : at + length]) != crc:
            raise audit.Damage(f"a record at {at}")
        reader = audit.Bytes(data[at + 28 : at + length])
        reader.block("B") if flags & 1 else reader.take(16)
        topic, serial = reader.text(), reader.text("H")
        yield f"{topic}#{sequence} {serial}"
        at += length


def journals(home):
    folder = os.path.join(home, "journals")
    for name in audit.journals(home):
        path = os.path.join(folder, name)
        mark = audit.read_mark(path)
        parts = audit.segments(path, name)
        end = audit.released(path, mark)
        with open(os.path.join(path, "lock"), "rb") as file:
            lock = file.read().decode()
        print(f"{name}: the mark of version {mark.version}, epoch {mark.epoch}, proves {PROOFS[mark.proof]}; lock {lock!r}")
        end = audit.durable_offset(parts, mark) if end is None else end
        wrong = []
        numbers = {part.number: part for part in parts}
        for entry in audit.entries(parts, end, wrong.append):
            part = numbers.pop(entry.number, None)
            if part:
                print(f" segment {part.base} of version {part.version}, epoch {part.epoch}")
                if part.checkpoint:
                    checkpoint(part.checkpoint)
            print(f"  entry {entry.number}, kind {entry.kind}, level {entry.level}, epoch {entry.epoch}, at {entry.time}")
            if entry.kind in audit.RUN_END:
                for raw, epoch, first, last, outcome, crc in audit.runs(entry.heard, entry.kind):
                    name_of = stream(audit.Bytes(raw).stream())
                    print(f"    heard {name_of} #{first} to {last} in {epoch}, outcome {outcome}, checksum {crc:08x}")
                for record in records(entry.said):
                    print(f"    said {record}")
                for tag, body in audit.items(entry.knows):
                    print(f"    {item(tag, body)}")
            elif entry.kind == 1:
                print("    an epoch begins; before it %d, cut %d bytes" % struct.unpack("<QQ", entry.knows))
        if wrong:
            raise audit.Damage("; ".join(wrong))


def small_files(home):
    for folder in ("registrations", "directory"):
        for name in sorted(os.listdir(os.path.join(home, folder))):
            with open(os.path.join(home, folder, name), encoding="utf-8") as file:
                print(f"{folder}/{name}:", json.dumps(json.load(file), sort_keys=True))
    for name in ("choreography", "retention"):
        with open(os.path.join(home, name), encoding="utf-8") as file:
            print(f"{name}:", ", ".join(file.read().splitlines()))


def messages(home):
    def read(name):
        with open(os.path.join(home, "messages", name), "rb") as file:
            return audit.Bytes(file.read())

    tip = read("tip")
    assert tip.take(5) == b"$tip\0" and tip.number("B") == 1
    print(f"tip: {tip.text()}, epoch {tip.number('Q')}, next in {tip.number('I')} ms, {topics(tip, 'I')}")

    frame = read("frame")
    topic = frame.data[: frame.data.index(0)].decode()
    frame.at = len(topic) + 1
    assert frame.number("B") == 1
    head = f"{topic} of {frame.text()}, epoch {frame.number('Q')}, from {frame.number('Q')}, {frame.number('I')} records"
    print(f"frame: {head}:", "; ".join(records(frame.data[frame.at :])))

    for name in ("replay-request", "replay-request-next"):
        ask = read(name)
        assert ask.take(2) == b"\1\1"
        told = f"id {ask.number('I')}, credit {ask.number('I')}"
        told += f", token {ask.number('Q')} {ask.number('Q')}" if ask.number("B") else ", no token"
        for _ in range(ask.number("H")):
            told += f"; {ask.text()}: epoch {ask.number('Q')}, next {ask.number('Q')}, highest {ask.number('Q')}"
        assert not ask.more
        print(f"{name}: {told}")

    page = read("replay-answer")
    assert page.take(2) == b"\1\2"
    told = f"id {page.number('I')}, status {page.number('B')}, {page.text()}, epoch {page.number('Q')}"
    told += f", more {page.number('B')}, token {page.number('B')} {page.number('Q')} {page.number('Q')}"
    for _ in range(page.number("H")):
        told += f"; jump of {page.text()}: epoch {page.number('Q')}, low mark {page.number('Q')}, reason {page.number('B')}"
    print(f"replay-answer: {told}; tips {topics(page, 'H')}:", "; ".join(records(page.data[page.at :])))

    ask = read("dead-request")
    assert ask.take(2) == b"\1\3"
    told = f"id {ask.number('I')}, {('retry', 'drop')[ask.number('B')]}"
    print(f"dead-request: {told}: " + "; ".join(place(ask) for _ in range(ask.number("H"))))
    answer = read("dead-answer")
    assert answer.take(2) == b"\1\4"
    print(f"dead-answer: id {answer.number('I')}, changed {answer.number('I')}, error {answer.text('H')!r}")


def main(home):
    journals(home)
    small_files(home)
    messages(home)
    # Where there is nothing to follow in detail: everything together, as the auditor counts it.
    result = audit.Audit(home).run()
    out = io.StringIO()
    result.print(out)
    for line in out.getvalue().splitlines():
        if " checksums, " not in line:
            print(f"audit: {line}")


if __name__ == "__main__":
    main(*sys.argv[1:])
