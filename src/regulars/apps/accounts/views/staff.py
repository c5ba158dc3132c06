"""Staff and roles: for administrators only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from regulars.apps.accounts import contexts
from regulars.apps.accounts.forms import NewStaffForm, StaffForm, StaffPasswordForm, add_error
from regulars.apps.accounts.queries import actor_of, scope_choices, staff_user, staff_users
from regulars.apps.accounts.services import sign_in
from regulars.apps.accounts.services import staff as office
from regulars.apps.accounts.services.access import requires
from regulars.apps.accounts.types import Capability
from regulars.base.errors import RuleError

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@requires(Capability.MANAGE_STAFF)
def staff_list(request: HttpRequest) -> HttpResponse:
    """Show everybody who may sign in, and what they see."""
    rows = contexts.staff_rows(staff_users())
    return render(request, "accounts/staff.html", {"rows": rows})


@requires(Capability.MANAGE_STAFF)
def roles(request: HttpRequest) -> HttpResponse:
    """Show what each role may do."""
    return render(request, "accounts/roles.html", {"matrix": contexts.role_matrix()})


@requires(Capability.MANAGE_STAFF)
@sensitive_post_parameters("password")
def create(request: HttpRequest) -> HttpResponse:
    """Create a staff user."""
    choices = scope_choices()
    form = NewStaffForm(request.POST if request.method == "POST" else None, choices=choices)
    if request.method == "POST" and form.is_valid():
        try:
            office.create_staff(
                actor_of(request), form.details(), password=form.cleaned_data["password"]
            )
        except RuleError as error:
            add_error(form, error)
        else:
            messages.success(request, _("The staff user is created."))
            return redirect("accounts:staff")
    return render(request, "accounts/staff_form.html", {"form": form, "choices": choices})


@requires(Capability.MANAGE_STAFF)
def edit(request: HttpRequest, user_id: int) -> HttpResponse:
    """Change a staff user's name, role and data scope."""
    user = staff_user(user_id)
    choices = scope_choices()
    form = StaffForm(
        request.POST if request.method == "POST" else None,
        initial=StaffForm.held(user),
        choices=choices,
        username=user.username,
    )
    if request.method == "POST" and form.is_valid():
        try:
            office.change_staff(actor_of(request), user_id=user_id, details=form.details())
        except RuleError as error:
            add_error(form, error)
        else:
            messages.success(request, _("The staff user is changed, from the next page on."))
            return redirect("accounts:staff")
    context = {
        "form": form,
        "choices": choices,
        "row": contexts.staff_row(user),
        "password_form": StaffPasswordForm(),
    }
    return render(request, "accounts/staff_form.html", context)


@requires(Capability.MANAGE_STAFF)
@require_POST
def active(request: HttpRequest, user_id: int) -> HttpResponse:
    """Deactivate (``active`` = 0) or reactivate a user, at once."""
    wanted = request.POST.get("active") == "1"
    try:
        office.set_active(actor_of(request), user_id=user_id, active=wanted)
    except RuleError as error:
        messages.error(request, f"{error.what} {error.fix}")
    else:
        done = _("The user may sign in again.") if wanted else _("The user is deactivated.")
        messages.success(request, done)
    return redirect("accounts:staff")


@requires(Capability.MANAGE_STAFF)
@require_POST
@sensitive_post_parameters()
def password(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give a user a new password."""
    user = staff_user(user_id)
    form = StaffPasswordForm(request.POST)
    if form.is_valid():
        try:
            office.set_password(
                actor_of(request), user_id=user_id, password=form.cleaned_data["password"]
            )
        except RuleError as error:
            add_error(form, error)
        else:
            messages.success(request, _("The password is changed. The user's sessions have ended."))
            return redirect("accounts:staff")
    choices = scope_choices()
    held = StaffForm(initial=StaffForm.held(user), choices=choices, username=user.username)
    context = {
        "form": held,
        "choices": choices,
        "row": contexts.staff_row(user),
        "password_form": form,
    }
    return render(request, "accounts/staff_form.html", context)


@requires(Capability.MANAGE_STAFF)
@require_POST
def unlock(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let a locked-out user try again now."""
    sign_in.unlock(actor_of(request), user_id=user_id)
    messages.success(request, _("The user may try to sign in again."))
    return redirect("accounts:staff")
