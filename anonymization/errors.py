"""Why a request to be forgotten, or its cancellation, is refused."""

from jsonapi.errors import Conflict, Invalid


class AlreadyCompleted(Invalid):
    """422: the person has been forgotten, which is final."""

    def __init__(self) -> None:
        super().__init__(
            "_request_anonymization", "already_completed", "has already been carried out"
        )


class NothingToCancel(Invalid):
    """422: no request is open."""

    def __init__(self) -> None:
        super().__init__(
            "_cancel_anonymization", "nothing_to_cancel", "there is no open request to cancel"
        )


class BeingForgotten(Conflict):
    """409: the person is being, or has been, forgotten; what is written now would stay."""

    detail = "The customer is being forgotten: nothing can be added."
