"""The pre-check, declarations, submission of the report and its receipt."""
