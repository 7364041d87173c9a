"""The tiny service's table and event."""

from __future__ import annotations

from pathlib import Path

from marshmallow import fields
from sqlalchemy import MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.contracts.base import Event
from shared.store import EncryptedText, platform_tables

MIGRATIONS = Path(__file__).parent / "migrations"

metadata = MetaData()
platform_tables(metadata)


class Base(DeclarativeBase):
    metadata = metadata


class Note(Base):
    """A note of somebody whose identity number is kept under encryption."""

    __tablename__ = "notes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(String(80), unique=True)
    id_number: Mapped[str | None] = mapped_column(EncryptedText)
    id_number_index: Mapped[str | None] = mapped_column(String(64), index=True)


class NoteTaken(Event):
    """A note was taken."""

    NAME = "note.taken"
    PUBLISHERS = ("tiny",)
    EXAMPLE = {"cycle_id": "c1", "title": "一", "id_number": None}

    cycle_id = fields.String(load_default=None, allow_none=True)
    title = fields.String(required=True)
    id_number = fields.String(load_default=None, allow_none=True)
