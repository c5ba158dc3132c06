"""Writes of the audiences room: asking for an expansion, working it out, keeping and exporting."""

from regulars.apps.audiences.services.asking import ask_expansion
from regulars.apps.audiences.services.exporting import hashed_lines
from regulars.apps.audiences.services.keeping import keep_as_tag
from regulars.apps.audiences.services.working import work_out

__all__ = ["ask_expansion", "hashed_lines", "keep_as_tag", "work_out"]
