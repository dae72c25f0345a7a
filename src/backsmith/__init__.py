"""backsmith is a compiler for backends: a blueprint in, a complete project out.

The whole pipeline, from text to files in memory:

>>> import backsmith
>>> result = backsmith.read('''
... backend: notes
... entities:
...   Note:
...     fields: {author: User owner, title: str(80), done: bool = false}
...     access: {read: owner, create: signed_in, update: owner}
... ''')
>>> result.diagnostics
()
>>> [field.name for field in result.design.entity("Note").fields]
['author', 'title', 'done']

The features rewrite the design into a plainer one, which names every field and every condition:

>>> design = backsmith.expand(result.design)
>>> [field.name for field in design.entity("Note").fields]
['id', 'author', 'title', 'done', 'created_at', 'updated_at', 'version']

The contract is what HTTP shows of it, and who may do what:

>>> contract = backsmith.contract_of(design)
>>> endpoint = contract.endpoint("update_note")
>>> endpoint.method, endpoint.path, endpoint.rule.text
('PATCH', '/api/v1/notes/{id}', 'author == user')
>>> [(grant.caller, grant.when.value) for grant in endpoint.rule.grants]
[('nobody', 'never'), ('owner', 'always'), ('member', 'own rows'), ('admin', 'always')]

And the writer makes a project of it, as a tree of files:

>>> tree = backsmith.write(design)
>>> "app/models/note.py" in tree, "app/api/v1/notes.py" in tree
(True, True)

A mistake is a value as well, and says where it is and what to type:

>>> mistake = backsmith.read('''
... backend: notes
... entities:
...   Note:
...     fields: {title: srt(80)}
... ''').diagnostics[0]
>>> mistake.origin.line, mistake.hint
(5, 'did you mean `str`?')
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backsmith.contract.model import Contract
    from backsmith.design.model import Design
    from backsmith.readers.result import ReadResult
    from backsmith.writers.tree import FileTree

__version__ = "0.1.0"

# Imported when they are called: whoever wants `__version__` alone pays for nothing else.


def read(text: str | bytes, source: str = "backend.yaml") -> "ReadResult":
    """Read a blueprint. `source` is its name in diagnostics."""
    from backsmith.readers.blueprint import read_blueprint

    return read_blueprint(text, source)


def expand(design: "Design") -> "Design":
    """The design with every feature spelled out as fields, scopes and effects."""
    from backsmith.features import lower

    return lower(design)


def contract_of(design: "Design") -> "Contract":
    """What HTTP shows of a design."""
    from backsmith.contract import contract

    return contract(expand(design))


def write(design: "Design") -> "FileTree":
    """The files of the project that serves a design, on the framework that it names."""
    from backsmith.writers import frameworks

    return frameworks.write(expand(design), contract_of(design))
