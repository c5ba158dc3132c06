"""What members say of themselves: a sealed name, gender, birthday."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0002_following"),
    ]

    operations = [
        migrations.CreateModel(
            name="Declared",
            fields=[
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="declared",
                        serialize=False,
                        to="members.member",
                    ),
                ),
                ("name_key_id", models.CharField(blank=True, max_length=32)),
                ("name_ciphertext", models.BinaryField(null=True)),
                ("gender", models.CharField(blank=True, max_length=8)),
                ("birth_date", models.DateField(null=True)),
                ("waiting", models.BooleanField(default=True)),
                ("changes", models.PositiveIntegerField(default=1)),
                ("source", models.CharField(max_length=64)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("waiting", True)),
                        fields=["member"],
                        name="declared_waiting",
                    )
                ],
            },
        ),
    ]
