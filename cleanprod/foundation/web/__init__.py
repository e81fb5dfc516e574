"""Page furniture: base page, components, tables, filters, downloads."""
