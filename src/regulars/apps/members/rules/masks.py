"""How an identifier is shown to staff who have not revealed it."""

from __future__ import annotations


def masked(kind: str, value: str) -> str:
    """Return enough of the normal form to recognise it, and too little to use it.

    >>> masked("phone", "+8613812348000"), masked("phone", "+12025550123")
    ('138****8000', '202****0123')
    >>> masked("card_no", "A000012345678"), masked("email", "lina@shop.cn")
    ('****5678', 'l***@shop.cn')
    """
    if kind == "phone":
        national = _national(value)
        return f"{national[:3]}****{national[-4:]}" if len(national) >= 10 else f"****{value[-2:]}"
    if kind == "email":
        name, _at, domain = value.partition("@")
        return f"{name[:1]}***@{domain}"
    shown = 4 if len(value) > 8 else 2 if len(value) > 4 else 1
    return f"****{value[-shown:]}"


def masked_name(name: str) -> str:
    """Return the first letter of a name.

    >>> masked_name("王小明"), masked_name("Ann Lee"), masked_name("")
    ('王**', 'A**', '')
    """
    return f"{name.strip()[:1]}**" if name.strip() else ""


def _national(value: str) -> str:
    for prefix in ("+86", "+1"):
        if value.startswith(prefix):
            return value.removeprefix(prefix)
    return value.removeprefix("+")
