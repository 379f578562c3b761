"""What is refused about webhooks, each with the sentence that a person reads."""


class EndpointRefused(Exception):
    """An endpoint that cannot be; `field` says what of it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field, self.sentence = field, sentence


class EndpointOff(Exception):
    """Nothing is sent to an endpoint that is switched off."""

    sentence = "This webhook is switched off: switch it on, then send."

    def __init__(self) -> None:
        super().__init__(self.sentence)
