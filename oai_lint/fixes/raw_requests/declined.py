"""How parts of a rewrite say that it is not sure to be right."""


class Declined(Exception):  # noqa: N818
    """The request is left as it is; the text, a clause for people, says why."""
