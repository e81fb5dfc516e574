"""As-of figures of the programme, each with the records behind it."""
