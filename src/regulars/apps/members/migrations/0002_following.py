"""The outbox to the lake. Who is in the ledger already is announced once: comparing costs little."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0001_members"),
    ]

    operations = [
        migrations.CreateModel(
            name="FollowedCommit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="UnpublishedChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("member_id", models.CharField(max_length=32)),
            ],
        ),
        migrations.RunSQL(
            "INSERT INTO members_unpublishedchange (member_id) "
            "SELECT member_id FROM members_member",
            migrations.RunSQL.noop,
        ),
    ]
