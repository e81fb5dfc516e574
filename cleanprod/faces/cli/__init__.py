"""The cleanprod command."""
