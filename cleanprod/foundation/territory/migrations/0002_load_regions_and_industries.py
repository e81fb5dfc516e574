"""Fill both tables with the rows shipped in the package.

A later release that changes the rows adds a migration that calls `actions.load` again; one that
adds a column moves this call behind it.
"""

from django.db import migrations

from cleanprod.foundation.territory import actions


def load(apps, schema_editor):
    actions.load(apps.get_model("territory", "Region"), apps.get_model("territory", "Industry"))


class Migration(migrations.Migration):
    dependencies = [("territory", "0001_regions_and_industries")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
