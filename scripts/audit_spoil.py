"""Proves that the auditor bites; run by scripts/audit.py --self-test [HOME].

Copies a home that is clean, spoils each copy in another way, with every checksum right again so that only the meaning is
wrong, and expects the auditor to say what. Without a home it writes one itself, from the articles alone.
"""

import json
import os
import shutil
import struct
import tempfile
import time
import uuid

import audit


# Writing ----------------------------------------------------------------------------------------------------------


def text(value, code="B"):
    return struct.pack("<" + code, len(value.encode())) + value.encode()


def sealed(record):
    """A record with its length and checksum."""
    body = record[8:]
    return struct.pack("<II", len(record), audit.crc32c(body)) + body


def checksum(record):
    """As the record states it."""
    return struct.unpack_from("<I", record, 4)[0]


def resequenced(record, sequence):
    return sealed(record[:20] + struct.pack("<Q", sequence) + record[28:])


def record(flow, topic, serial, sequence, data=b"{}", key=None):
    bucket = audit.crc32c((key or str(flow)).encode()) & 0xFF
    attributes = b"\3" + text(key, "H") if key else b""
    head = struct.pack("<IIBBBBqQ", 0, 0, 1, 0, bucket, 1 if key else 0, 1_000_000, sequence)
    return sealed(head + flow.bytes + text(topic) + text(serial, "H") + attributes + data)


def run(publisher, topic, first, last, outcome=0, epoch=1, checksum=0):
    return text(publisher) + text(topic) + struct.pack("<QQQBI", epoch, first, last, outcome, checksum)


def item(tag, body):
    return struct.pack("<BI", tag, len(body)) + body


def position(publisher, topic, sequence, epoch=1):
    return text(publisher) + text(topic) + struct.pack("<QQ", epoch, sequence)


IDLE = 2


class Draft:
    """An entry to be written."""

    def __init__(self, heard=b"", said=b"", knows=b"", kind=audit.EVENTS, epoch=1):
        self.heard, self.said, self.knows, self.kind, self.epoch = heard, said, knows, kind, epoch
        self.broken = False

    def records(self):
        found, at = [], 0
        while at < len(self.said):
            length = struct.unpack_from("<I", self.said, at)[0]
            found.append(self.said[at : at + length])
            at += length
        return found

    def runs(self):
        return list(audit.runs(self.heard, self.kind)) if self.heard else []

    def set_runs(self, runs):
        form = audit.RUN_END[self.kind]
        count = 5 if self.kind == audit.EVENTS else 4
        self.heard = b"".join(raw + form.pack(*rest[:count]) for raw, *rest in runs)


def read_journal(folder, name):
    parts = audit.segments(folder, name)
    mark = audit.read_mark(folder)
    limit = audit.released(folder, mark)
    if limit is None:
        limit = audit.durable_offset(parts, mark)

    def damaged(message):
        raise audit.Damage(message)

    drafts = [Draft(e.heard, e.said, e.knows, e.kind, e.epoch) for e in audit.entries(parts, limit, damaged)]
    return drafts, parts[0].checkpoint, parts[0].number, parts[0].epoch


def write_journal(folder, name, drafts, checkpoint=None, number=1, epoch=1, version=2):
    """One segment with these entries, an idle one that says that they are durable, and a mark that releases all of it."""
    if drafts[-1].kind != IDLE:
        drafts = [*drafts, Draft(kind=IDLE, epoch=drafts[-1].epoch)]
    if checkpoint is None:
        checkpoint = struct.pack("<IBIII", 0xFFFFFFFF, 2, 0, 0, 0)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    header = audit.HEADER.pack(
        b"TROUPSEG", version, 64 + len(name) + len(checkpoint), 0, number, epoch, 1_000_000, len(checkpoint),
        audit.crc32c(checkpoint), len(name), 0) + name.encode()
    salt = audit.crc32c(header)
    data = bytearray(header + struct.pack("<I", salt) + checkpoint)
    for draft in drafts:
        length = 52 + len(draft.heard) + len(draft.said) + len(draft.knows)
        body = struct.pack("<IQQQqBBHII", length, number, draft.epoch, len(data), 1_000_000, draft.kind, 2, 0,
                           len(draft.heard), len(draft.said)) + draft.heard + draft.said + draft.knows
        crc = audit.crc32c(body, salt) ^ (1 if draft.broken else 0)
        data += struct.pack("<I", crc) + body
        number += 1
    with open(os.path.join(folder, "0" * 16 + ".seg"), "wb") as file:
        file.write(data)
    write_mark(folder, drafts[-1].epoch, len(data))


def write_mark(folder, epoch, end, flags=0):
    """In place, or it would not say where it lies."""
    with open(os.path.join(folder, "mark"), "wb", buffering=0) as file:
        place = os.fstat(file.fileno())
        mark = struct.pack("<8sHHI16sQQQQQQq", b"TROUPMRK", 2, flags, 0, audit.boot_id(), epoch, *[end] * 3,
                           place.st_dev, place.st_ino, time.time_ns() // 1000)
        file.write(mark + struct.pack("<I", audit.crc32c(mark)))


def write_home(home, events=60):
    """A home of two handlers: `one` answers twice, and parks now and then; `two` only listens."""
    os.makedirs(os.path.join(home, "registrations"))
    for handler, topic in (("one", "t.begun"), ("two", "t.next")):
        with open(os.path.join(home, "registrations", handler + ".json"), "w", encoding="utf-8") as file:
            json.dump({"handler": handler, "topics": [{"topic": topic, "start": "earliest"}]}, file)
    first = [Draft(kind=1, knows=struct.pack("<QQ", 0, 0)), Draft(knows=item(6, struct.pack("<QI", 1, 0)))]
    flows = [uuid.UUID(int=0x0123 << 112 | number) for number in range(events)]
    keys = ["red" if number // 3 % 2 else "blue" for number in range(events)]
    roots = [record(flow, "t.begun", "1", n + 1, b"{}", keys[n]) for n, flow in enumerate(flows)]
    ingress = first + [Draft(said=b"".join(roots[n : n + 4])) for n in range(0, events, 4)]
    one, two, said = list(first), list(first), 0
    for n, flow in enumerate(flows):
        parks = n % 10 == 9
        if parks:
            held = position("ingress.0", "t.begun", n + 1)
            body = held + struct.pack("<BqI", 0, 2_000_000, 1) + text(keys[n], "H") + text("why", "H")
            body += struct.pack("<I", len(roots[n])) + roots[n]
            one.append(Draft(run("ingress.0", "t.begun", n + 1, n + 1, audit.PARKED), knows=item(1, body)))
        effects = [record(flow, "t.next", f"1/one.{i}", said + i, b"{}", keys[n]) for i in (1, 2)]
        said += 2
        if parks:
            one.append(Draft(said=b"".join(effects), knows=item(2, held)))
        else:
            one.append(Draft(run("ingress.0", "t.begun", n + 1, n + 1, checksum=checksum(roots[n])), b"".join(effects)))
        two.append(Draft(run("one.0", "t.next", said - 1, said, checksum=checksum(effects[1]))))
    for name, drafts in (("ingress.0", ingress), ("one.0", one), ("two.0", two)):
        write_journal(os.path.join(home, "journals", name), name, drafts)


def make_older(home):
    """Writes a home anew as version 1 had it."""
    for name in audit.journals(home):
        folder = os.path.join(home, "journals", name)
        drafts, _, number, epoch = read_journal(folder, name)
        for draft in drafts:
            if draft.kind == audit.EVENTS:
                runs, draft.kind = draft.runs(), audit.OLD_EVENTS
                draft.set_runs(runs)
        write_journal(folder, name, drafts, struct.pack("<III", 0, 0, 0), number, epoch, version=1)
        with open(os.path.join(folder, "mark"), "r+b") as file:
            mark = file.read()
            mark = mark[:8] + struct.pack("<HH", 1, 0) + mark[12:64]
            file.truncate(68)
            file.seek(0)
            file.write(mark + struct.pack("<I", audit.crc32c(mark)))


# Spoiling ---------------------------------------------------------------------------------------------------------


def middle(drafts, wanted):
    """The entry nearest to the middle that can be spoiled so."""
    candidates = [index for index, draft in enumerate(drafts) if wanted(draft)]
    if not candidates:
        return None
    return min(candidates, key=lambda index: abs(index - len(drafts) // 2))


def hears(draft):
    return any(outcome == audit.HANDLED for *_, outcome, _ in draft.runs())


def in_entry(wanted, change):
    """Spoils one entry; `change` gets the entries and its index."""

    def spoil(drafts):
        index = middle(drafts, wanted)
        if index is None:
            return False
        change(drafts, index)
        return True

    return spoil


def in_run(change):
    def act(drafts, index):
        runs = drafts[index].runs()
        which = next(i for i, each in enumerate(runs) if each[-2] == audit.HANDLED)
        runs[which : which + 1] = change(*runs[which])
        drafts[index].set_runs(runs)

    return in_entry(hears, act)


def in_records(change, least=1):
    def act(drafts, index):
        drafts[index].said = b"".join(change(drafts[index].records()))

    return in_entry(lambda draft: len(draft.records()) >= least, act)


def renumbered(drafts):
    """Gives records their sequences anew, so that only the count of events is wrong."""
    following = {}
    for draft in drafts:
        said = []
        for each in draft.records():
            at = 28 + (1 + each[28] if each[9] & 1 else 16)
            topic = each[at + 1 : at + 1 + each[at]]
            following[topic] = following.get(topic, 0) + 1
            said.append(resequenced(each, following[topic]))
        draft.said = b"".join(said)


def then_renumber(spoil):
    def both(drafts):
        done = spoil(drafts)
        renumbered(drafts)
        return done

    return both


def swap_heard(drafts):
    """Two events of one key and stream change places, each in an entry of its own that says nothing."""
    last = {}
    for index, draft in enumerate(drafts):
        runs = draft.runs()
        if len(runs) != 1 or draft.said or draft.knows or runs[0][-2] != audit.HANDLED:
            continue
        before = last.get(runs[0][0])
        if before is not None:
            drafts[before].heard, draft.heard = draft.heard, drafts[before].heard
            return True
        last[runs[0][0]] = index
    return False


def flipped_data(records):
    return [records[0][:-1] + bytes([records[0][-1] ^ 1])] + records[1:]


def wrong_bucket(records):
    return [sealed(records[0][:10] + bytes([records[0][10] ^ 1]) + records[0][11:])] + records[1:]


def break_entry(drafts, index):
    drafts[index].broken = True


def set_back(drafts, index):
    raw, epoch, first, *_ = next(each for each in drafts[index].runs() if each[-2] == audit.HANDLED)
    drafts[index].knows += item(7, raw + struct.pack("<QQ", epoch, first - 1))


def late_epoch(drafts, index):
    drafts[index].knows = item(6, struct.pack("<QI", drafts[index].epoch, 1) + text("t.none") + struct.pack("<Q", 7))


def drop_knows(drafts, index):
    drafts[index].knows = b""


def repeat(drafts, index):
    drafts.insert(index, drafts[index])


def remove(drafts, index):
    del drafts[index]


def tags(draft):
    return [tag for tag, _ in audit.items(draft.knows)] if draft.kind in audit.RUN_END else []


# What is spoiled, which journals it needs, how, and one of what must be reported.
SPOILS = [
    ("a heard run is gone", "handler", in_run(lambda *run: []), {"lost"}),
    ("a heard run is one shorter", "handler",
     in_run(lambda raw, e, a, b, o, c: [(raw, e, a, b - 1, o, 0)] if b > a else []), {"lost"}),
    ("two heard runs overlap by one", "handler",
     in_run(lambda raw, e, a, b, o, c:
            [(raw, e, max(1, a - 1), b, o, c)] if a > 1 else [(raw, e, a, b, o, c), (raw, e, b, b, o, c)]),
     {"doubled"}),
    ("a heard run stands twice", "handler", in_run(lambda *run: [run, run]), {"doubled"}),
    ("a heard run goes far beyond what was said", "handler",
     in_run(lambda raw, e, a, b, o, c: [(raw, e, a, b, o, c), (raw, e, 5_000_000, 5_000_003, o, c)]), {"lost"}),
    ("a handled event is called parked", "handler", in_run(lambda raw, e, a, b, o, c: [(raw, e, a, b, audit.PARKED, c)]), {"lost"}),
    ("a handled event is called dead", "handler", in_run(lambda raw, e, a, b, o, c: [(raw, e, a, b, audit.DEAD, c)]), {"dead letters"}),
    ("a heard run tells of another event", "handler",
     in_run(lambda raw, e, a, b, o, c: [(raw, e, a, b, o, c ^ 1 or 2)]), {"damaged"}),
    ("what was heard is set back", "handler", in_entry(hears, set_back), {"set back"}),
    ("an epoch begins elsewhere than it says", "handler", in_entry(lambda d: 6 in tags(d), late_epoch), {"damaged"}),
    ("an epoch begins without a word", "handler", in_entry(lambda d: 6 in tags(d), drop_knows), {"damaged"}),
    ("an entry that hears stands twice", "handler", in_entry(hears, repeat), {"doubled"}),
    ("an entry that hears is gone", "handler", in_entry(hears, remove), {"lost"}),
    ("two events of a key change places", "two.0 tail.0", swap_heard, {"out of order"}),
    ("a record stands twice", "said", in_records(lambda r: [r[0], *r]), {"doubled"}),
    ("a record stands twice, with the next sequences", "said", then_renumber(in_records(lambda r: [r[0], *r])), {"doubled"}),
    ("a record is gone", "said", in_records(lambda r: r[1:]), {"lost"}),
    ("the first of two effects is gone, and the sequences close up", "one.0 fork.0",
     then_renumber(in_records(lambda r: r[1:], least=2)), {"lost"}),
    ("a sequence is skipped", "said",
     in_records(lambda r: [resequenced(r[0], struct.unpack_from("<Q", r[0], 20)[0] + 1), *r[1:]]), {"lost", "doubled"}),
    ("a bit of a record's data is wrong", "said", in_records(flipped_data), {"damaged"}),
    ("a record's bucket is wrong", "said", in_records(wrong_bucket), {"damaged"}),
    ("an entry's checksum is wrong", "said", in_entry(lambda d: d.kind == audit.EVENTS, break_entry), {"damaged"}),
    ("a park is gone", "handler", in_entry(lambda d: 1 in tags(d), drop_knows), {"lost"}),
    ("an unpark is gone", "handler", in_entry(lambda d: 2 in tags(d), drop_knows), {"parked", "lost"}),
]


def spoil_files(home, what):
    """The spoils that are not of one journal's meaning."""
    journals = os.path.join(home, "journals")
    handlers = [n for n in audit.journals(home) if not n.startswith("ingress.")]
    victim = os.path.join(journals, handlers[0])
    if what == "a journal is gone":
        shutil.rmtree(victim)
    elif what == "a journal is cut":
        path = os.path.join(victim, sorted(n for n in os.listdir(victim) if n.endswith(".seg"))[-1])
        size = os.path.getsize(path)
        os.truncate(path, size - 20)
        write_mark(victim, 1, int(os.path.basename(path)[:16], 16) + size)
    elif what == "the ingress journal is gone":
        shutil.rmtree(os.path.join(journals, "ingress.0"))
    elif what == "a registration more":
        with open(os.path.join(home, "registrations", "stranger.json"), "w", encoding="utf-8") as file:
            with open(os.path.join(home, "registrations", handlers[0][:-2] + ".json"), encoding="utf-8") as other:
                document = json.load(other)
            json.dump({**document, "handler": "stranger"}, file)


FILES = [
    ("a journal is gone", {"lost", "not heard yet"}),
    ("a journal is cut", {"damaged"}),
    ("the ingress journal is gone", {"lost"}),
    ("a registration more", {"not heard yet"}),
]


def check_checksums():
    """The fast checksums against the plain ones, for every length that is treated in its own way."""
    wrong = []
    checksums = audit.Checksums(lambda kind, message: wrong.append(message))
    assert audit.crc32c(b"123456789") == 0xE3069283
    lengths = [*range(4, 70), 1000, 1023, 1024, 1025, 2047, 2048, 2049, 5000]
    for length in lengths:
        data = bytes((length * 7 + i * i) & 0xFF for i in range(length))
        checksums.add(data, audit.crc32c(data, 77), lambda: "good", start=77)
        checksums.add(data, audit.crc32c(data) ^ 1 << length % 32, lambda length=length: f"bad {length}")
    checksums.finish()
    if sorted(wrong) != sorted(f"a checksum is wrong: bad {length}" for length in lengths):
        return ["the fast checksums differ from the plain ones"]
    return []


def run_on(home, folder):
    """Spoils copies of a clean home; returns what passed although it should not, and how many were tried."""
    problems, tried = [], 0
    clean = audit.Audit(home).run()
    if not clean.is_clean(allow_dead=False, allow_open=False):
        return [f"the home is not clean to begin with: {clean.summary()} {clean.lines[:3]}"], 0

    def judge(copy, title, expected):
        result = audit.Audit(copy).run()
        counts = {kind: count for kind, count in result.counts.items() if count}
        passed = result.is_clean(allow_dead=False, allow_open=False)
        print(f"{'PASSED' if passed else 'noticed'}: {title}: " + ", ".join(f"{k} {c}" for k, c in counts.items()))
        if passed or not expected & counts.keys():
            problems.append(f"{title}: found {counts or 'nothing'} instead of {' or '.join(sorted(expected))}")

    copy = os.path.join(folder, "copy")

    def fresh():
        shutil.rmtree(copy, ignore_errors=True)
        for part in ("journals", "registrations"):
            shutil.copytree(os.path.join(home, part), os.path.join(copy, part))

    names = audit.journals(home)
    for title, which, spoil, expected in SPOILS:
        for name in names:
            if which == "handler" and name.startswith("ingress.") or "." in which and name not in which.split():
                continue
            fresh()
            place = os.path.join(copy, "journals", name)
            drafts, checkpoint, number, epoch = read_journal(place, name)
            if not spoil(drafts):
                continue
            write_journal(place, name, drafts, checkpoint, number, epoch)
            judge(copy, f"{name}: {title}", expected)
            tried += 1
    for title, expected in FILES:
        fresh()
        spoil_files(copy, title)
        judge(copy, title, expected)
        tried += 1
    fresh()
    for name in names:
        place = os.path.join(copy, "journals", name)
        write_journal(place, name, *read_journal(place, name))
    if not audit.Audit(copy).run().is_clean(allow_dead=False, allow_open=False):
        problems.append("a home that was only written anew is not clean")
    return problems, tried


def run_all(home=None):
    """Returns the exit status."""
    folder = tempfile.mkdtemp(prefix="troupe-audit.")
    try:
        problems = check_checksums()
        if home is None:
            home = os.path.join(folder, "home")
            write_home(home)
            older = os.path.join(folder, "older")
            write_home(older)
            make_older(older)
            if not audit.Audit(older).run().is_clean(allow_dead=False, allow_open=False):
                problems.append("a home of version 1 is not clean")
        found, tried = run_on(home, folder)
        problems += found
    finally:
        shutil.rmtree(folder)
    for problem in problems:
        print(f"PROBLEM: {problem}")
    print(f"{tried} spoiled homes, {len(problems)} problems")
    return 1 if problems else 0
