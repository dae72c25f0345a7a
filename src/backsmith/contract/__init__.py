"""The contract: what HTTP shows of a design, endpoint by endpoint."""

from backsmith.contract import accounts, endpoints, schemas
from backsmith.contract.model import Contract
from backsmith.contract.rules import callers
from backsmith.design.model import Design

__all__ = ["Contract", "contract"]


def contract(design: Design) -> Contract:
    """What HTTP shows of a lowered design."""
    shown = [endpoint for entity in design.entities for endpoint in endpoints.endpoints(design, entity)]
    return Contract(
        name=design.name,
        prefix=f"/api/{design.api.version}",
        callers=callers(design),
        endpoints=(*accounts.sign_in(design), *shown, *accounts.health(design)),
        schemas=(*accounts.account_schemas(design), *schemas.schemas(design)),
        anywhere=endpoints.problems(413, 429, 503),
    )
