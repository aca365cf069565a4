"""Password rules (8.1.4.1 a)."""


class PolicyValidator:
    """Length, classes, dictionary, name, sequences."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError naming what is wrong."""

    def get_help_text(self) -> str:
        """The rule in one sentence."""
        return ""
