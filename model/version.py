"""The version of the project: what the API, the command line and the About page name."""

VERSION = "2.0.0"
