from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    """Whose member it is, is asked of the member: a copy of it may be older."""

    dependencies: ClassVar = [("members", "0006_served_profiles")]
    operations: ClassVar = [
        migrations.RemoveField("servedprofile", "home_store_id"),
        migrations.RemoveField("servedprofile", "guide_id"),
    ]
