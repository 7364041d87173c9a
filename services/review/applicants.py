"""申报人员: who is on an application's dossier."""

from __future__ import annotations

from services.review import models
from shared.procedure.people import People

applicants = People(models.applicants)
