from django.db import migrations

from cleanprod.foundation.rulebook import shipped


def load(apps, schema_editor):
    shipped.load(apps.get_model("rulebook", "Provision"))


class Migration(migrations.Migration):
    dependencies = [
        ("bulletins", "0001_frozen_figures"),
        ("rulebook", "0002_load_provisions"),
    ]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
