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
from regulars.console.desk import Desk, lake_at, page
from regulars.console.views.tags.form import TagForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@page(Capability.EDIT_TAGS)
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Define a tag."""
    form = TagForm(request.POST or None)
    return _saved(request, desk, form) or _shown(request, form, code="")


@page(Capability.EDIT_TAGS)
def edit(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Define a new version of a tag."""
    form = TagForm(request.POST or None, held=tag_named(code).definition)
    return _saved(request, desk, form) or _shown(request, form, code=code)


@require_POST
@page(Capability.EDIT_TAGS)
def count(request: HttpRequest, desk: Desk, code: str = "") -> HttpResponse:
    """Show how many members the tag would have as it stands in the form."""
    form = TagForm(request.POST, held=tag_named(code).definition if code else None)
    found = None
    form.full_clean()
    # What is not filled in yet need not be: the rule alone can be counted.
    if "update_days" not in form.cleaned_data or "code" not in form.cleaned_data:
        form.add_error(None, _("Fill in the code and the update cycle, then the rule is counted."))
    else:
        found = _counted(desk, form)
    context = {"form": form, "found": found}
    return render(request, "console/tags/count.html", context)


@require_POST
@page(Capability.EDIT_TAGS)
def delete(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Delete a tag that nothing uses."""
    tag_named(code)
    try:
        delete_tag(desk.actor, lake_at(settings.REGULARS_LAKE), code)
    except RefusedError as error:
        messages.error(request, str(error))
        return redirect("console:tag", code=code)
    messages.success(request, _("The tag %(code)s is deleted.") % {"code": code})
    return redirect("console:tags")


def _saved(request: HttpRequest, desk: Desk, form: TagForm) -> HttpResponse | None:
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        definition = form.definition()
        version = save_tag(desk.actor, lake_at(settings.REGULARS_LAKE), definition)
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


def _counted(desk: Desk, form: TagForm) -> object:
    try:
        lake = lake_at(settings.REGULARS_LAKE)
        return preview(lake, desk.actor.scope, form.definition(), desk.as_of)
    except RuleError as error:
        form.refuse(error)
    return None
