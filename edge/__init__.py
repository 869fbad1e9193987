"""The page that gives the app's answers in the browser, without a server, and the command that builds it."""
