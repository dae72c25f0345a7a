"""Projects, as they are stored."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Characters


class Project(Row):
    __tablename__ = "projects"
    __table_args__ = (UniqueConstraint("company_id", "name", name="projects_company_name_unique"),)

    company_id: Mapped[int] = mapped_column(
        ForeignKey("companies.id", ondelete="RESTRICT"), index=True, info={"field": None, "tenant": True}
    )
    name: Mapped[str] = mapped_column(Characters(80))
