"""Who did what to which record, and when: appended, sealed, never changed."""
