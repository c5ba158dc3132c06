"""Addresses of the accounts room."""

from __future__ import annotations

from django.urls import path

from regulars.apps.accounts.views import audit, profile, session, staff

app_name = "accounts"
urlpatterns = [
    path("sign-in/", session.sign_in, name="sign_in"),
    path("sign-out/", session.sign_out, name="sign_out"),
    path("profile/", profile.profile, name="profile"),
    path("profile/password/", profile.password, name="password"),
    path("staff/", staff.staff_list, name="staff"),
    path("staff/roles/", staff.roles, name="roles"),
    path("staff/new/", staff.create, name="staff_create"),
    path("staff/<int:user_id>/", staff.edit, name="staff_edit"),
    path("staff/<int:user_id>/active/", staff.active, name="staff_active"),
    path("staff/<int:user_id>/password/", staff.password, name="staff_password"),
    path("staff/<int:user_id>/unlock/", staff.unlock, name="staff_unlock"),
    path("audit/", audit.audit, name="audit"),
]
