"""Features: passes from a design to a plainer design, so that writers know fields, scopes and effects only."""

from dataclasses import replace

from backsmith.design.model import Design
from backsmith.features import history, key, owner, soft_delete, tenant, timestamps, version

PASSES = (key, timestamps, version, owner, tenant, soft_delete, history)
"""In this order: `tenant` must know every field that may lead to the tenant, and `soft_delete` every constraint that
`tenant` widened.
"""


def lower(design: Design) -> Design:
    """The design with every feature spelled out. Lowering twice is lowering once."""
    if design.lowered:
        return design
    for feature in PASSES:
        design = feature.expand(design)
    return replace(design, lowered=True)
