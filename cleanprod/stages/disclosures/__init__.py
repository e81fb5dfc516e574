"""Publications of enterprises: basic information, category fields with proof, results."""
