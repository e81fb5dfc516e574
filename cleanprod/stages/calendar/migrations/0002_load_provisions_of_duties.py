from django.db import migrations

from cleanprod.foundation.rulebook import shipped


def load(apps, schema_editor):
    shipped.load(apps.get_model("rulebook", "Provision"))


class Migration(migrations.Migration):
    dependencies = [
        ("calendar", "0001_confirmations"),
        ("rulebook", "0002_load_provisions"),
    ]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
