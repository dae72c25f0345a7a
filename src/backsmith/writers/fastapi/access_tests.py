"""Not written yet."""

from backsmith.contract import Contract
from backsmith.design.model import Design


def files(design: Design, contract: Contract) -> dict[str, str]:  # noqa: ARG001
    """Nothing yet."""
    return {}
