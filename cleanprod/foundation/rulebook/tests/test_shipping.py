"""Rows that come with the package are there after migrating, and only where they can be."""

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.core.management import call_command

from cleanprod.foundation.engine.apps import load_shipped
from cleanprod.foundation.rulebook.models import Provision

pytestmark = pytest.mark.django_db


def test_migrating_brings_back_what_is_missing():
    count = Provision.objects.count()
    Provision.objects.filter(key__startswith="r").delete()
    assert Provision.objects.count() < count
    call_command("migrate", verbosity=0)
    assert Provision.objects.count() == count


def test_a_database_without_these_tables_yet_is_left_alone(django_assert_num_queries):
    with django_assert_num_queries(0):
        load_shipped(apps.get_app_config("territory"), Apps())


def test_an_app_that_ships_nothing_is_left_alone(django_assert_num_queries):
    with django_assert_num_queries(0):
        load_shipped(apps.get_app_config("engine"), apps)
