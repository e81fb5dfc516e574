"""Start the cleanprod command with the project's settings named."""

import os
from importlib import import_module


def main() -> None:
    """Run the command line; the settings are read only by commands that need them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cleanprod.config.settings")
    import_module("cleanprod.faces.cli.main").run()
