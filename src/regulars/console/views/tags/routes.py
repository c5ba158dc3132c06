"""Addresses of the Tags pages."""

from __future__ import annotations

from django.urls import path

from regulars.console.views.tags import centre, editor, given

urlpatterns = [
    path("tags/", centre.tags, name="tags"),
    path("tags/new/", editor.new, name="tag_new"),
    path("tags/new/count/", editor.count, name="tag_new_count"),
    path("tags/install/", given.install, name="tag_install"),
    path("tags/import/", given.tag_import, name="tag_import"),
    path("tags/<slug:code>/", centre.tag, name="tag"),
    path("tags/<slug:code>/edit/", editor.edit, name="tag_edit"),
    path("tags/<slug:code>/edit/count/", editor.count, name="tag_count"),
    path("tags/<slug:code>/delete/", editor.delete, name="tag_delete"),
    path("members/<slug:member_id>/tags/", given.member_tags, name="member_tags"),
    path("members/<slug:member_id>/tags/assign/", given.assign, name="member_tag_assign"),
]
