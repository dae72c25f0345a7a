"""Who may do what with lines, as conditions on their rows."""

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased

from app.core.caller import Roles
from app.models.invoice import Invoice
from app.models.line import Line
from app.policies import invoice as invoice_policy


def read(roles: Roles, line: type[Line] = Line) -> ColumnElement[bool]:
    """whoever may read the invoice"""
    invoice = aliased(Invoice)
    return exists().where(invoice.id == line.invoice_id, invoice_policy.read(roles, invoice))
