"""Official papers: blocks to docx and PDF, numbers, archive."""
