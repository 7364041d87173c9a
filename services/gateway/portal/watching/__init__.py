"""Discipline inspection's pages, the forms between it and everybody else, and rehearsals."""
