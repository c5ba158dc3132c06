"""Addresses of the console."""

from __future__ import annotations

from django.urls import path

from regulars.console.views import (
    data,
    keys,
    member,
    members,
    overview,
    preferences,
    quarantine,
    reviews,
)
from regulars.console.views.insights import routes as insights
from regulars.console.views.tags import routes as tags

app_name = "console"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("find/", members.find, name="find"),
    path("members/", members.members, name="members"),
    path("members/export/", members.export, name="members_export"),
    path("members/<slug:member_id>/", member.member, name="member"),
    path("members/<slug:member_id>/timeline/", member.member_timeline, name="member_timeline"),
    path(
        "members/<slug:member_id>/categories/", member.member_categories, name="member_categories"
    ),
    path("members/<slug:member_id>/card/", member.member_card, name="member_card"),
    # A till may put anything into an order id: it travels as ?order=, where everything is allowed.
    path("members/<slug:member_id>/order/", member.member_order, name="member_order"),
    path(
        "members/<slug:member_id>/identifiers/<int:identifier_id>/",
        member.reveal,
        name="member_reveal",
    ),
    *tags.urlpatterns,
    *insights.urlpatterns,
    path("merge-reviews/", reviews.merge_reviews, name="merge_reviews"),
    path("merge-reviews/<int:review_id>/", reviews.decide, name="merge_review_decide"),
    path("data/", data.data, name="data"),
    path("data/load/", data.load_now, name="data_load"),
    path("data/loads/<int:run_id>/", data.load_run, name="data_run"),
    path("data/quarantine/", quarantine.quarantine, name="data_quarantine"),
    path("data/quarantine/<int:row_id>/", quarantine.open_row, name="data_row"),
    path("data/quarantine/<int:row_id>/replay/", quarantine.replay_row, name="data_row_replay"),
    path("data/quarantine/<int:row_id>/discard/", quarantine.discard_row, name="data_row_discard"),
    path("data/refresh/", data.refresh, name="data_refresh"),
    path("data/refresh/now/", data.refresh_now, name="data_refresh_now"),
    path("data/tables/", data.tables, name="data_tables"),
    path("data/tables/<path:name>/", data.table, name="data_table"),
    path("keys/", keys.keys, name="keys"),
    path("keys/new/", keys.create, name="key_create"),
    path("keys/<int:key_id>/revoke/", keys.revoke, name="key_revoke"),
    path("preferences/language/", preferences.language, name="language"),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("preferences/business-date/", preferences.business_date, name="business_date"),
]
