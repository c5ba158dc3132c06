"""Steps that the worker takes again and again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_audit_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tick",
            fields=[
                (
                    "name",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("holder", models.CharField(blank=True, max_length=64)),
                ("held_until", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
            ],
        ),
    ]
