"""What sources say of a person besides identifiers: it tells people apart who share a phone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0003_declared"),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="birth_date",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="member",
            name="gender",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
        migrations.AddField(
            model_name="member",
            name="name_hash",
            field=models.BigIntegerField(null=True),
        ),
    ]
