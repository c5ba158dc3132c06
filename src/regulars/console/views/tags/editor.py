"""The tag editor, with a live count, and the deletion of a tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.apps.accounts.types import Capability
from regulars.apps.tags.queries import tag_named
from regulars.apps.tags.services import delete_tag, preview, save_tag
from regulars.base.errors import RefusedError, RuleError
from regulars.console.background.tag_jobs import start_tags
from regulars.console.contexts.tags.deletion import deletion
from regulars.console.desk import Desk, lake_at, page
from regulars.console.views.tags.form import TagForm, told_where

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@page(Capability.EDIT_TAGS)
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Define a tag."""
    form = TagForm(request.POST or None)
    return _saved(request, desk, form, code="") or _shown(request, form, code="")


@page(Capability.EDIT_TAGS)
def edit(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Define a new version of a tag."""
    form = TagForm(request.POST or None, held=tag_named(code).definition)
    return _saved(request, desk, form, code=code) or _shown(request, form, code=code)


@require_POST
@page(Capability.EDIT_TAGS)
def count(request: HttpRequest, desk: Desk, code: str = "") -> HttpResponse:
    """Show how many members the tag would have as it stands in the form.

    What else is not filled in yet need not be: the rule alone is counted.
    """
    form = TagForm(request.POST, held=tag_named(code).definition if code else None)
    form.full_clean()
    context: dict[str, object] = {}
    try:
        draft = form.draft()
        context["given"] = not draft.made_by.is_dynamic
        context["blank"] = not (draft.values or draft.take or draft.query or draft.model)
        if draft.made_by.is_dynamic and not context["blank"]:
            lake = lake_at(settings.REGULARS_LAKE)
            context["found"] = preview(desk.actor, lake, draft, desk.as_of)
    except RuleError as error:
        where, text = told_where(error)
        field = form.fields.get(where)
        context |= {"problem": text, "label": field.label if field else ""}
    return render(request, "console/tags/count.html", context)


@page(Capability.EDIT_TAGS)
def delete(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Ask whether it is really meant, and then delete a tag that nothing uses."""
    if request.method != "POST":
        return render(request, "console/tags/delete.html", {"found": deletion(desk, code)})
    tag_named(code)
    try:
        delete_tag(desk.actor, lake_at(settings.REGULARS_LAKE), code)
    except RefusedError:
        # It was taken up meanwhile: the page says by what.
        return redirect("console:tag_delete", code=code)
    messages.success(request, _("The tag %(code)s is deleted.") % {"code": code})
    return redirect("console:tags")


def _saved(request: HttpRequest, desk: Desk, form: TagForm, *, code: str) -> HttpResponse | None:
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        definition = form.definition()
        lake = lake_at(settings.REGULARS_LAKE)
        version = save_tag(desk.actor, lake, definition, must_be_new=not code)
    except RuleError as error:
        form.refuse(error)
        return None
    start_tags()
    said = {"code": definition.code, "version": version}
    messages.success(request, _("Version %(version)s of %(code)s is saved.") % said)
    return redirect("console:tag", code=definition.code)


def _shown(request: HttpRequest, form: TagForm, *, code: str) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "console/tags/form.html", {"form": form, "code": code}, status=status)
