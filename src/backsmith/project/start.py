"""The blueprint that a project begins with where nobody gave one."""

import re

_BLUEPRINT = """\
# {name}: change this file, and write the backend anew. The language on one page stands in the README of backsmith.
backend: {name}
framework: fastapi                # fastapi | django
database: postgresql              # in production; development runs on embedded SQLite

auth:
  roles: [member, editor, admin]  # the first is what a new account gets; admin may do everything
  register: open                  # open | invite | closed

entities:
  Topic:
    fields:
      name: str(80) unique
    access: {{read: anyone, write: editor}}

  Post:
    fields:
      author: User owner          # set from the caller; `owner` in rules means this field
      topic: Topic                # a reference
      title: str(200) search      # found by ?q=
      body: text search
      status: draft|published = draft
      published_at: datetime? readonly
      comments: Comment[] part    # parts live and die with their whole, and are written with it
    access:
      read: status == 'published' or owner or editor
      create: signed_in
      update: owner and status == 'draft'
      delete: owner or editor
    moves:                        # the only way status changes: POST /posts/7/publish
      publish:
        from: draft
        to: published
        by: owner or editor
        do: [published_at = now]
    order: [-published_at]

  Comment:
    fields:
      text: str(1000)
"""


def starting_blueprint(name: str) -> str:
    """A small commented blueprint for a backend of this name, which may be any name of a folder."""
    spelled = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    begun = spelled if spelled[:1].isalpha() else f"my-{spelled}"
    return _BLUEPRINT.format(name=begun[:40].strip("-"))
