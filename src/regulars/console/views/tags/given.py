"""Tags that are there already: the shipped ones, those of other systems, those given by hand."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.apps.accounts.queries import visible_member
from regulars.apps.accounts.types import Capability
from regulars.apps.tags.queries import tags
from regulars.apps.tags.services import assign_tag, import_tags, install_packs
from regulars.apps.tags.services.importing import rows_of_csv
from regulars.apps.tags.types import ImportReport, MadeBy
from regulars.base.errors import RegularsError, RuleError
from regulars.console.background.tag_jobs import start_tags
from regulars.console.contexts import wording
from regulars.console.contexts.tags.member import member_panel
from regulars.console.desk import Desk, lake_at, page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# More is work for the command: a request answers within a second or two.
ROWS_MAX = 20_000
_BYTES_MAX = 5_000_000
_REFUSED_SHOWN = 100


@require_POST
@page(Capability.EDIT_TAGS)
def install(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Install the shipped tags; those that are there stay as they are."""
    number = install_packs(lake_at(settings.REGULARS_LAKE), actor=desk.actor)
    start_tags()
    text = _("%(number)d tags are installed; they are decided by the worker.")
    messages.success(request, text % {"number": number})
    return redirect("console:tags")


@page(Capability.EDIT_TAGS)
def tag_import(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take a CSV file of what another system says of members."""
    report: ImportReport | None = None
    error = ""
    if request.method == "POST":
        try:
            report = _imported(request, desk)
        except RegularsError as problem:
            error = str(problem)
    imported = [tag.definition for tag in tags() if tag.definition.made_by == MadeBy.IMPORT]
    refused = report.refused if report else ()
    context = {
        "report": report,
        "refused": refused[:_REFUSED_SHOWN],
        "more": len(refused[_REFUSED_SHOWN:]),
        "error": error,
        "tags": imported,
        "system": request.POST.get("system", ""),
    }
    return render(request, "console/tags/import.html", context, status=422 if error else 200)


@page(Capability.SEE_MEMBERS)
def member_tags(request: HttpRequest, desk: Desk, member_id: str) -> HttpResponse:
    """Show the tags of one member, as a part of Member 360."""
    visible_member(desk.lake, member_id)
    panel = member_panel(desk, member_id)
    return render(request, "console/tags/member.html", {"panel": panel})


@require_POST
@page(Capability.ASSIGN_TAGS)
def assign(request: HttpRequest, desk: Desk, member_id: str) -> HttpResponse:
    """Give the member a value of a tag, or take it away where no value is chosen."""
    code, value = request.POST.get("tag", ""), request.POST.get("value", "").strip()
    try:
        assign_tag(desk.actor, lake_at(settings.REGULARS_LAKE), code, [member_id], value or None)
    except RuleError as error:
        messages.error(request, str(error))
    else:
        start_tags()
        messages.success(request, _("Kept. The tag is seen after the next refresh of the tags."))
    return redirect("console:member", member_id=member_id)


def _imported(request: HttpRequest, desk: Desk) -> ImportReport:
    file = request.FILES.get("file")
    if file is None or not file.size:
        raise RuleError(_("choose a file"), where="file")
    if file.size > _BYTES_MAX:
        raise RuleError(_("the file is larger than 5 MB"), where="file", fix=_by_command())
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RuleError(_("the file is not UTF-8 text"), where="file") from None
    rows = list(islice(rows_of_csv(text), ROWS_MAX + 1))
    if len(rows) > ROWS_MAX:
        what = _("there are more than %(rows)s rows") % {"rows": wording.count(ROWS_MAX)}
        raise RuleError(what, where="file", fix=_by_command())
    report = import_tags(
        lake_at(settings.REGULARS_LAKE),
        rows,
        system=request.POST.get("system", ""),
        scope=desk.actor.scope,
        actor=desk.actor,
    )
    if report.given:
        start_tags()
    return report


def _by_command() -> str:
    return _("Import it on the server: %(command)s") % {
        "command": "regulars tags import tags.csv --system ..."
    }
