"""The REST API that `server.py` serves beside the app."""
