"""Whom one acts for: enterprises, authorities, consultancies, memberships, roles."""
