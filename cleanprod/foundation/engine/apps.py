"""Rows that come with the package are loaded after every migration."""

from contextlib import suppress
from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.apps.registry import Apps
from django.db.models.signals import post_migrate
from django.utils.module_loading import module_has_submodule


class EngineConfig(AppConfig):
    """Call `shipped.load(apps)` of each app that has such a module, once its tables are there."""

    name = "cleanprod.foundation.engine"

    def ready(self) -> None:
        """Load after every migration, and after a test or `flush` has emptied the tables."""
        post_migrate.connect(load_shipped)


def load_shipped(app_config: AppConfig, apps: Apps = installed, **_: Any) -> None:
    """Load what an app ships; a database halfway between versions waits until it has all tables."""
    if module_has_submodule(import_module(app_config.name), "shipped"):
        shipped = import_module(f"{app_config.name}.shipped")
        with suppress(LookupError):  # how Django says that there is no such model yet
            shipped.load(apps)
