"""A blueprint for another framework: its text, where one line is written otherwise."""

import re

from backsmith.design.model import Framework

_SAID = re.compile(r"^framework:[ \t]*[^\s#]*", re.MULTILINE)
_BACKEND = re.compile(r"^backend:[^\r\n]*(\r?\n|\Z)", re.MULTILINE)


def with_framework(text: str, framework: Framework) -> str:
    """The blueprint with this framework; as it was, where no line says what the backend is called.

    Keys of the whole file stand at the beginning of a line, and nothing else does.
    """
    line = f"framework: {framework}"
    said, count = _SAID.subn(line, text, count=1)
    if count:
        return said
    return _BACKEND.sub(lambda name: f"{name[0].rstrip()}\n{line}\n", text, count=1)
