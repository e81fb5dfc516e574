"""What a signed-in person sees first: waiting for me, menu, dossier."""
