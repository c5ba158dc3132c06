"""The front door: pages, navigation, and Member 360 put together from the rooms' answers.

Server-rendered templates with htmx and a little Alpine. Pages read the lake only through the
accounts room's ScopedLake, so no page can show a member outside its reader's data scope.
"""
