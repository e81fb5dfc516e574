"""What an enterprise hands in: checklist, versions of files, tables of changes, sealed prints."""
