"""Visits, as they are stored."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Characters, UtcDateTime


class Visit(Row):
    __tablename__ = "visits"
    __table_args__ = (
        CheckConstraint("note != ':' || 'told'", name="visits_told", info={"rule": "note != ':told'"}),
        CheckConstraint("starts_at < ends_at", name="visits_starts_at_ends_at_order", info={"field": "ends_at"}),
        ExcludeConstraint(
            ("doctor_id", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            name="visits_doctor_starts_at_overlap",
            using="gist",
            info={"field": "starts_at"},
        ).ddl_if(dialect="postgresql"),
        ExcludeConstraint(
            ("room_id", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            name="visits_room_starts_at_overlap_1",
            using="gist",
            where=text("note != 'see :' || 'later'"),
            info={"field": "starts_at"},
        ).ddl_if(dialect="postgresql"),
        ExcludeConstraint(
            ("room_id", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            name="visits_room_starts_at_overlap_2",
            using="gist",
            where=text("(note = 'a\\b' OR created_at < starts_at)"),
            info={"field": "starts_at"},
        ).ddl_if(dialect="postgresql"),
        Index(
            "visits_room_note_unique",
            "room_id",
            "note",
            unique=True,
            postgresql_where=text("note != ':' || 'none' AND note != '50%'"),
            sqlite_where=text("note != ':' || 'none' AND note != '50%'"),
        ),
        Index("visits_room_note_index_1", "room_id", "note"),
        Index("visits_room_note_index_2", "room_id", "note"),
    )

    doctor_id: Mapped[int] = mapped_column(ForeignKey("rooms.id", ondelete="RESTRICT"), index=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id", ondelete="RESTRICT"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Characters(255), default="none")
