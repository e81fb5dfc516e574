"""Add the days that the library knows; an administrator keeps what comes later."""

from django.db import migrations

from cleanprod.foundation.rulebook import shipped_days


def load(apps, schema_editor):
    shipped_days.load(apps.get_model("rulebook", "SpecialDay"))


class Migration(migrations.Migration):
    dependencies = [("rulebook", "0003_special_days")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
