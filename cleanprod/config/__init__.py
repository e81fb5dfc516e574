"""Settings, environment, routes and the WSGI door; nothing imports it."""
