"""Rules as text: ``did order in last 90 days where channel = "web" count >= 2``."""

from regulars.science.rules.forms.text.text_form import from_text, to_text

__all__ = ["from_text", "to_text"]
