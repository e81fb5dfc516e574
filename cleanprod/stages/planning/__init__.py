"""The year's paper of a city: drafted together, agreed, published, filed with the province."""
