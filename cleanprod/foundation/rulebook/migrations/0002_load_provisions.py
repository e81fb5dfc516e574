"""Add the provisions shipped in the package; a release that ships more calls the loader again."""

from django.db import migrations

from cleanprod.foundation.rulebook import shipped


def load(apps, schema_editor):
    shipped.load(apps.get_model("rulebook", "Provision"))


class Migration(migrations.Migration):
    dependencies = [("rulebook", "0001_provisions")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
