"""Workbooks in: header mapping, findings, receipts."""
