"""The checks, in the order in which they run: each asks about one matter, and notes what it finds in the court."""

from collections.abc import Awaitable, Callable, Mapping

from backsmith.verify.checks.access import access
from backsmith.verify.checks.creations import creations
from backsmith.verify.checks.exports import exports, links
from backsmith.verify.checks.lists import lists
from backsmith.verify.checks.moves import moves
from backsmith.verify.checks.permissions import permissions
from backsmith.verify.checks.probing import probing
from backsmith.verify.checks.races import races
from backsmith.verify.checks.repeats import repeats
from backsmith.verify.checks.versions import versions
from backsmith.verify.checks.walking import walking
from backsmith.verify.court import Court
from backsmith.verify.world import World

Check = Callable[[Court, World], Awaitable[None]]

CHECKS: Mapping[str, Check] = {
    "access": access,
    "probing": probing,
    "lists": lists,
    "exports": exports,
    "links": links,
    "permissions": permissions,
    "creations": creations,
    "moves": moves,
    "races": races,
    "versions": versions,
    "repeats": repeats,
    "walking": walking,
}
