"""Reads CloudEvents as JSON lines from standard input with the CloudEvents library for Python.

Each event is checked against a JSON schema of structured CloudEvents 1.0.2 first. Prints a line for each: id, type and
source as JSON strings with tabs between them. Ends with 1 and a message at the first event that is refused.
"""

import json
import sys

try:
    import jsonschema
    from importlib.metadata import version

    if int(version("cloudevents").split(".")[0]) < 2:
        from cloudevents.http import from_json

        def read(line):
            event = from_json(line)
            return event["id"], event["type"], event["source"]

    else:
        from cloudevents.core.formats.json import JSONFormat

        def read(line):
            event = JSONFormat().read(None, line)
            return event.get_id(), event.get_type(), event.get_source()

except ImportError as error:
    sys.exit(f"{error}. The tests need two packages: python3 -m pip install cloudevents jsonschema")

# No control characters, no halves of surrogate pairs, no noncharacters of the basic plane (CloudEvents 1.0.2, 3.1).
STRING = {
    "type": "string",
    "minLength": 1,
    "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff\\ufdd0-\\ufdef\\ufffe\\uffff]+$(?!\\n)",
}
URI_CHARACTERS = "(?:[A-Za-z0-9._~:/?#\\[\\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})"
TIMESTAMP = {
    "type": "string",
    "pattern": "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])[Tt]([01]\\d|2[0-3]):[0-5]\\d:([0-5]\\d|60)(\\.\\d+)?"
    "([Zz]|[+-]([01]\\d|2[0-3]):[0-5]\\d)$",
}

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["specversion", "id", "source", "type"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": STRING,
        "source": {"type": "string", "pattern": f"^{URI_CHARACTERS}+$"},
        "type": STRING,
        "time": TIMESTAMP,
        "subject": STRING,
        "datacontenttype": {"type": "string", "pattern": "^[^/; ]+/[^/; ]+ *(;.*)?$"},
        "dataschema": {"type": "string", "pattern": f"^[A-Za-z][A-Za-z0-9+.-]*:{URI_CHARACTERS}*$"},
        "data": True,
        "data_base64": {"type": "string", "pattern": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"},
        # Documented extensions of CloudEvents.
        "correlationid": STRING,
        "causationid": STRING,
        "sequence": {"type": "string", "pattern": "^[0-9]{20}$"},
        "partitionkey": STRING,
        "traceparent": {"type": "string", "pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"},
        "tracestate": STRING,
        "expirytime": TIMESTAMP,
        "dataref": {"type": "string", "pattern": f"^{URI_CHARACTERS}+$"},
        # Ours.
        "serial": {"type": "string", "pattern": "^1(/[a-z][a-z0-9-]{0,62}\\.[1-9][0-9]{0,9})*$"},
        "causes": STRING,
        "context": STRING,
        "notbefore": TIMESTAMP,
    },
    "patternProperties": {
        "^[a-z0-9]{1,20}$": True,
    },
    "propertyNames": {"pattern": "^([a-z0-9]{1,20}|data_base64)$"},
    "additionalProperties": False,
    "not": {"required": ["data", "data_base64"]},
}

EXTENSION = {
    "anyOf": [
        STRING,
        {"type": "boolean"},
        {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    ]
}


def main():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    event_schema = jsonschema.Draft202012Validator(SCHEMA)
    extension_schema = jsonschema.Draft202012Validator(EXTENSION)
    for number, raw in enumerate(sys.stdin.buffer, 1):
        line = raw.decode("utf-8")
        try:
            members = json.loads(line)
            event_schema.validate(members)
            for name, value in members.items():
                if name not in SCHEMA["properties"]:
                    extension_schema.validate(value)
            if "context" in members:
                context = json.loads(members["context"])
                if not all(isinstance(value, str) for value in context.values()):
                    raise ValueError("context is no map of strings")
            parts = read(line)
        except Exception as error:  # every library has its own
            sys.exit(f"line {number}: {error}")
        print("\t".join(escaped(part) for part in parts))


def escaped(text):
    return json.dumps(text, ensure_ascii=False)


sys.stdout.reconfigure(encoding="utf-8")
main()
