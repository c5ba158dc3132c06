"""Writes of the tags room: definitions and their versions, packs, values given, the refresh."""

from regulars.apps.tags.services.assigning import assign_tag
from regulars.apps.tags.services.definitions import delete_tag, note_use, save_category, save_tag
from regulars.apps.tags.services.everything import Refreshed, keep_up, refresh_everything
from regulars.apps.tags.services.importing import import_tags
from regulars.apps.tags.services.installing import install_packs
from regulars.apps.tags.services.previewing import Preview, preview
from regulars.apps.tags.services.refreshing import refresh_all_tags

__all__ = [
    "Preview",
    "Refreshed",
    "assign_tag",
    "delete_tag",
    "import_tags",
    "install_packs",
    "keep_up",
    "note_use",
    "preview",
    "refresh_all_tags",
    "refresh_everything",
    "save_category",
    "save_tag",
]
