"""Why a row is refused: the codes that are stored, and the sentences that people read."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Promise] = {
    "missing_value": _("A required value is missing"),
    "missing_member": _("The row does not say whose it is"),
    "too_long": _("The value is longer than any of its kind may be"),
    "not_an_amount": _("This is not an amount of money"),
    "not_a_number": _("This is not a number"),
    "not_a_whole_number": _("This is not a whole number"),
    "too_many_digits": _("More digits after the point than allowed"),
    "too_large": _("The number is too large"),
    "not_computable": _("The mapping's calculation gives no number for this row"),
    "wrong_currency": _("The amount is in another currency"),
    "negative": _("A negative value is impossible here"),
    "not_a_time": _("This cannot be read as a date or time"),
    "impossible_time": _("There is no such date or time"),
    "too_old": _("The date is too far in the past"),
    "in_future": _("The date lies in the future"),
    "skipped_hour": _("Clocks skipped this hour when summer time began"),
    "repeated_hour": _("Clocks showed this hour twice when summer time ended"),
    "impossible_phone": _("This is not a possible phone number"),
    "masked_phone": _("The phone number is masked"),
    "impossible_email": _("This is not a possible e-mail address"),
    "unknown_word": _("The mapping does not know this word"),
    "not_a_boolean": _("This is neither yes nor no"),
    "unmatched_key": _("The row names something no other source knows"),
    "extreme_value": _("The value lies outside the limits of the mapping"),
    "wrong_cell_count": _("The row has more or fewer cells than the header"),
    "unreadable_row": _("The row cannot be read"),
    "blocked_identifier": _("The identifier is blocked"),
    "malformed_identifier": _("No identifier of the row can be of its kind"),
    "member_refused": _("The member cannot be told with certainty"),
    "broken_promise": _("The row breaks a check of the table"),
}


def reason_text(code: str) -> str:
    """Return the sentence of a reason code in the reader's language; the code if it has none."""
    return str(REASONS.get(code, code))
