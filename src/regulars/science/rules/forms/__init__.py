"""Rules as documents (JSON) and as text to read and write; both round-trip without loss."""

from regulars.science.rules.forms.json_form import from_json, to_json
from regulars.science.rules.forms.text import from_text, to_text

__all__ = ["from_json", "from_text", "to_json", "to_text"]
