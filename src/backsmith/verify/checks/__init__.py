"""The checks, in the order in which they run: each asks about one matter, and notes what it finds in the court."""

from collections.abc import Awaitable, Callable, Mapping

from backsmith.verify.checks.access import access
from backsmith.verify.checks.creations import creations
from backsmith.verify.checks.permissions import permissions
from backsmith.verify.checks.probing import probing
from backsmith.verify.court import Court
from backsmith.verify.world import World

Check = Callable[[Court, World], Awaitable[None]]

CHECKS: Mapping[str, Check] = {
    "access": access,
    "probing": probing,
    "permissions": permissions,
    "creations": creations,
}
