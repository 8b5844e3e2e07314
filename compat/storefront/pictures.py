"""POST and DELETE customer/picture"""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from rest_framework.request import Request
from rest_framework.response import Response

from compat.storefront.base import Storefront
from compat.storefront.errors import Faulty
from customers import imaging, pictures
from customers.imaging import BadPicture
from oauth.storefronts import issue_token

PART = "profile_photo"
FACTS = {"count": imaging.LARGEST_FILE // 2**20, "low": imaging.SMALLEST, "high": imaging.LARGEST}


class PictureView(Storefront):
    """One square PNG or JPEG, in the part `profile_photo` of a multipart form."""

    http_method_names = ["post", "delete", "options"]

    def post(self, request: Request) -> Response:
        sent = self.body.get(PART)
        if sent is None or sent == "":
            raise Faulty(PART, "required")
        if not isinstance(sent, UploadedFile):
            raise Faulty(PART, "picture_format")
        try:
            pictures.set_picture(customer=self.customer, data=sent.read(imaging.LARGEST_FILE + 1))
        except BadPicture as refusal:
            raise Faulty(PART, f"picture_{refusal.reason}", **FACTS) from None
        return self.shown(self.customer, issue_token(self.customer, after=self.caller.claims))

    def delete(self, request: Request) -> Response:
        pictures.remove_picture(customer=self.customer)
        return self.shown(self.customer)
