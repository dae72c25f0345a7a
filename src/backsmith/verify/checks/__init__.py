"""The checks, in the order in which they run: each asks about one matter, and notes what it finds in the court."""

from collections.abc import Awaitable, Callable, Mapping

from backsmith.verify.checks.access import access
from backsmith.verify.checks.accounts import accounts
from backsmith.verify.checks.bodies import bodies
from backsmith.verify.checks.constraints import constraints
from backsmith.verify.checks.creations import creations
from backsmith.verify.checks.exports import exports, links
from backsmith.verify.checks.fuzzing import fuzzing
from backsmith.verify.checks.hard_values import hard_values
from backsmith.verify.checks.history import history
from backsmith.verify.checks.lists import lists
from backsmith.verify.checks.moves import moves
from backsmith.verify.checks.openapi import openapi
from backsmith.verify.checks.parts import parts
from backsmith.verify.checks.passwords import passwords
from backsmith.verify.checks.permissions import permissions
from backsmith.verify.checks.probing import probing
from backsmith.verify.checks.protocol import protocol
from backsmith.verify.checks.races import races
from backsmith.verify.checks.references import references
from backsmith.verify.checks.refusals import refusals
from backsmith.verify.checks.registration import registration
from backsmith.verify.checks.removal import removal
from backsmith.verify.checks.repeats import repeats
from backsmith.verify.checks.sessions import sessions
from backsmith.verify.checks.throttling import throttling
from backsmith.verify.checks.tokens import tokens
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
    "bodies": bodies,
    "refusals": refusals,
    "hard_values": hard_values,
    "parts": parts,
    "references": references,
    "constraints": constraints,
    "removal": removal,
    "history": history,
    "protocol": protocol,
    "tokens": tokens,
    "sessions": sessions,
    "passwords": passwords,
    "registration": registration,
    "accounts": accounts,
    "throttling": throttling,
    "openapi": openapi,
    "fuzzing": fuzzing,
}
