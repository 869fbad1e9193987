"""The one base of all errors whose text is a sentence for people."""


class UserError(Exception):
    """Something a person can put right: the message is one clear sentence that says what was wrong and what to do.

    Command lines, the API and the pages catch this class and show its message; any other exception is a bug.
    """


def not_analysed(error: Exception) -> UserError:
    """What is said of a photo that could be read, and then failed in a way that no rule foresees."""
    return UserError(f"The photo was read but could not be analysed: {type(error).__name__}: {error}")
