"""Score sheets and blind scoring of assessments and acceptances."""
