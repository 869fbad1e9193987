"""The one base of all errors whose text is a sentence for people."""


class UserError(Exception):
    """Something a person can put right: the message is one clear sentence that says what was wrong and what to do.

    Command lines, the API and the pages catch this class and show its message; any other exception is a bug.
    """
