"""Let `python -m cleanprod` do what the installed command does."""

from cleanprod.config.entry import main

main()
