"""What a user decides about himself: name, language, theme and password."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from regulars.apps.accounts.models import User
from regulars.apps.accounts.services import audit, sign_in
from regulars.apps.accounts.types import Action, Actor
from regulars.base.errors import RuleError


def set_language(actor: Actor, language: str) -> None:
    """Keep the user's language; raise ``RuleError`` for one the console does not speak."""
    _refuse_unknown(language, [code for code, _name in settings.LANGUAGES])
    User.objects.filter(pk=actor.user_id).update(language=language)


def set_theme(actor: Actor, theme: str) -> None:
    """Keep the user's theme: auto, light or dark."""
    _refuse_unknown(theme, User.Theme.values)
    User.objects.filter(pk=actor.user_id).update(theme=theme)


def set_preferences(actor: Actor, *, name: str, language: str, theme: str) -> None:
    """Keep display name, language and theme together."""
    _refuse_unknown(language, [code for code, _name in settings.LANGUAGES])
    _refuse_unknown(theme, User.Theme.values)
    held = User.objects.filter(pk=actor.user_id)
    held.update(name=name.strip(), language=language, theme=theme)


def change_password(request: HttpRequest, actor: Actor, *, old: str, new: str) -> None:
    """Change the user's own password; his other sessions end, this one goes on.

    Raises ``RuleError`` when the old password is wrong or the new one is weak. Wrong ones count
    as at sign-in, or a session left open would be a place to guess the password at leisure.
    """
    _refuse_wrong(actor, old)
    with transaction.atomic():
        _change_password(request, actor, new)


def _refuse_wrong(actor: Actor, password: str) -> None:
    verdict = sign_in.try_password(username=actor.username, password=password, ip=actor.ip)
    if verdict.locked_until is not None:
        wording = _(
            "Too many wrong passwords. Try again after %(time)s (%(zone)s), or ask an "
            "administrator to unlock the user."
        )
        until = timezone.localtime(verdict.locked_until)
        facts = {"time": f"{until:%H:%M}", "zone": settings.REGULARS_BRAND.zone}
        raise RuleError(wording % facts, where="old")
    if verdict.outcome != "right":
        raise RuleError(_("The present password is wrong."), where="old")


def _change_password(request: HttpRequest, actor: Actor, new: str) -> None:
    user = User.objects.select_for_update().get(pk=actor.user_id)
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise RuleError(" ".join(error.messages), where="new") from error
    user.set_password(new)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)
    audit.record(
        actor,
        Action.CHANGE,
        object_kind="user",
        object_id=str(actor.user_id),
        detail={"changed": ["sign-in secret"]},
    )


def _refuse_unknown(choice: str, known: list[str]) -> None:
    if choice not in known:
        raise RuleError(f"{choice!r} is not offered", fix=f"Use one of: {', '.join(known)}")
