"""What the frame around every page shows: navigation, scope, business date, theme, reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.apps.accounts.queries import actor_of
from regulars.apps.accounts.types import Actor, Capability
from regulars.base.errors import RefusedError
from regulars.console.desk import open_desk

if TYPE_CHECKING:
    from django.http import HttpRequest

    from regulars.console.desk import Desk

THEME_COOKIE = "regulars_theme"
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the rail or of the account menu."""

    label: str
    url: str
    icon: str
    active: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Entries of the rail under one title; the first section has none."""

    title: str
    entries: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything around a page. Without a reader (sign-in) only brand and theme are known."""

    brand_name: str
    theme: str
    zone: str
    navigation: tuple[Section, ...] = ()
    scope_label: str = ""
    as_of: date | None = None
    as_of_choices: tuple[date, ...] = ()
    user_name: str = ""
    user_initial: str = ""
    user_roles: str = ""
    account_links: tuple[Link, ...] = field(default=())
    sign_out_url: str = ""


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Return the frame of the page that answers ``request``."""
    brand = settings.REGULARS_BRAND
    actor = _actor(request)
    plain = Frame(brand_name=brand.name, theme=theme_of(request, actor), zone=brand.zone)
    if actor is None:
        return {"frame": plain}
    dates = _dates(request, actor)
    return {
        "frame": Frame(
            brand_name=plain.brand_name,
            theme=plain.theme,
            zone=plain.zone,
            navigation=_navigation(request.path, actor),
            scope_label=_scope_label(actor),
            as_of=dates[0],
            as_of_choices=dates[1],
            user_name=actor.name,
            user_initial=actor.name[:1].upper(),
            user_roles=str(actor.role.label),
            account_links=_links(request.path, ((_("Account"), "accounts:profile", "user-cog"),)),
            sign_out_url=_address("accounts:sign_out"),
        )
    }


def theme_of(request: HttpRequest, actor: Actor | None) -> str:
    """Return auto, light or dark: the reader's own setting, else the browser's cookie."""
    theme = actor.theme if actor is not None else request.COOKIES.get(THEME_COOKIE, "auto")
    return theme if theme in THEMES else "auto"


def _actor(request: HttpRequest) -> Actor | None:
    if getattr(request, "user", None) is None:
        return None
    try:
        return actor_of(request)
    except RefusedError:
        return None


def _dates(request: HttpRequest, actor: Actor) -> tuple[date, tuple[date, ...]]:
    desk: Desk | None = getattr(request, "desk", None)
    if desk is not None:
        return desk.as_of, desk.as_of_choices
    with open_desk(request, actor) as opened:
        return opened.as_of, opened.as_of_choices


def _navigation(path: str, actor: Actor) -> tuple[Section, ...]:
    work = [(_("Overview"), "console:overview", "layout-dashboard")]
    if actor.may(Capability.SEE_MEMBERS):
        work.append((_("Members"), "console:members", "users"))
        work.append((_("Tags"), "console:tags", "tag"))
        work.append((_("Insights"), "console:insights", "chart-treemap"))
    care = []
    if actor.may(Capability.REVIEW_IDENTITY):
        care.append((_("Merge reviews"), "console:merge_reviews", "git-merge"))
    if actor.may(Capability.SEE_DATA):
        care.append((_("Data"), "console:data", "database"))
    if actor.may(Capability.MANAGE_STAFF):
        care.append((_("Staff and roles"), "accounts:staff", "users-group"))
    if actor.may(Capability.MANAGE_KEYS):
        care.append((_("API keys"), "console:keys", "key"))
    if actor.may(Capability.SEE_AUDIT):
        care.append((_("Audit trail"), "accounts:audit", "history"))
    sections = (Section("", _links(path, work)), Section(_("Governance"), _links(path, care)))
    return tuple(section for section in sections if section.entries)


def _links(path: str, entries: Iterable[tuple[str, str, str]]) -> tuple[Link, ...]:
    home = _address("console:overview")
    links = []
    for label, name, icon in entries:
        url = _address(name)
        if url:
            active = path == url if url == home else path.startswith(url)
            links.append(Link(label=label, url=url, icon=icon, active=active))
    return tuple(links)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _scope_label(actor: Actor) -> str:
    number = len(actor.scope.ids)
    match actor.scope.kind:
        case "hq":
            return _("All stores")
        case "guide":
            return _("My members")
        case "region":
            one = _("Region %(id)s")
            many = ngettext("%(count)d region", "%(count)d regions", number)
        case _:
            one = _("Store %(id)s")
            many = ngettext("%(count)d store", "%(count)d stores", number)
    if number == 1:
        return one % {"id": actor.scope.ids[0]}
    return many % {"count": number}
