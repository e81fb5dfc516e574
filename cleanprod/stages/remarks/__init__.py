"""Remarks of experts: replied to by the enterprise, checked again, ticked off."""
