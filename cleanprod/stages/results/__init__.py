"""Results of reviews as batch papers: publicity, objections, announcement, certificates."""
