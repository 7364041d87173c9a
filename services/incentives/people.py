"""申报人员: who is on an application's dossier."""

from __future__ import annotations

from services.incentives import models
from shared.procedure.people import People

people = People(models.dossier_people)
