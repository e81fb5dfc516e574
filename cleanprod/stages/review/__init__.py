"""Results of acceptance and the platform completion of a round."""
