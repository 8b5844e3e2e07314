"""Pictures of customers: what is let in, what is left of it, and how it goes."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from anonymization.erasers import erase_all
from customers import pictures
from customers.models import Customer, Picture
from tests.compat.sdk import faults, sentence

CANARY = b"canary-7q"


def draw(kind="PNG", size=(320, 320), mode="RGB", **options):
    out = BytesIO()
    Image.new(mode, size, "teal" if mode in ("RGB", "RGBA") else 3).save(out, kind, **options)
    return out.getvalue()


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "pictures": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    return tmp_path


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def upload(as_ada):
    def upload(data, name="me.png", part="profile_photo"):
        file = SimpleUploadedFile(name, data, "image/png")
        return as_ada.client.post(
            as_ada.url("customer/picture"),
            {part: file},
            headers={"Authorization": f"Bearer {as_ada.token}"},
        )

    return upload


def fetch(url):
    reply = Client().get(url.removeprefix("http://testserver"))
    if reply.status_code == 200:
        reply.content_read = b"".join(reply.streaming_content)
    return reply


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_is_stored_and_can_be_fetched(as_ada, upload, folder, kind):
    before = as_ada.token
    reply = upload(draw(kind))

    assert reply.status_code == 200, reply.content
    data = reply.json()["data"]
    assert data["token"] not in (None, before)
    shown = fetch(data["profile_photo"])
    assert shown["Content-Type"] == f"image/{kind.lower()}"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown["Content-Security-Policy"]
    image = Image.open(BytesIO(shown.content_read))
    assert (image.format, image.size) == (kind, (320, 320))
    assert len(files(folder)) == 3
    assert as_ada.post("customer").json()["data"]["profile_photo"] == data["profile_photo"]


def test_there_are_thumbnails(upload):
    url = upload(draw(size=(1000, 1000))).json()["data"]["profile_photo"]

    for size in (320, 96):
        image = Image.open(BytesIO(fetch(url.replace("full", str(size))).content_read))
        assert image.size == (size, size)
    assert fetch(url.replace("full", "64")).status_code == 404


@pytest.mark.parametrize(
    ("size", "key"),
    [
        ((150, 151), "square"),
        ((149, 149), "between 150 and 4096"),
        ((4097, 4097), "between 150 and 4096"),
    ],
)
def test_a_picture_of_a_wrong_size_is_refused(upload, size, key):
    assert key in faults(upload(draw(size=size)))["profile_photo"][0]


@pytest.mark.parametrize("size", [150, 4096])
def test_the_bounds_are_allowed(upload, size):
    assert upload(draw(size=(size, size), mode="L")).status_code == 200


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "BMP", "TIFF", "ICO"])
def test_other_formats_are_refused_whatever_they_are_called(upload, kind):
    assert "PNG or JPEG" in faults(upload(draw(kind, size=(256, 256))))["profile_photo"][0]


def broken():
    whole = draw()
    jpeg = draw("JPEG")
    bomb = draw(size=(160, 160))
    wide = bomb[:16] + (60_000).to_bytes(4, "big") * 2 + bomb[24:]
    return {
        "empty": b"",
        "text": b"<svg onload=alert(1)>",
        "truncated png": whole[: len(whole) // 2],
        "truncated jpeg": jpeg[: len(jpeg) // 2],
        "png and a zip behind it": whole + b"PK\x03\x04" + CANARY,
        "png and a script behind it": whole + b"<script>alert(1)</script>",
        "jpeg and a script behind it": jpeg + b"<script>alert(1)</script>",
        "bomb": wide,
        "head only": whole[:33],
    }


@pytest.mark.parametrize("name", broken())
def test_what_is_no_honest_picture_is_refused(upload, folder, name):
    assert set(faults(upload(broken()[name]))) == {"profile_photo"}
    assert files(folder) == []
    assert not Picture.objects.exists()


def test_a_file_that_is_too_large_is_refused(as_ada, upload):
    assert "5 MB" in faults(upload(draw() + b"\0" * (5 * 2**20)))["profile_photo"][0]
    assert upload(b"\0" * (7 * 2**20)).status_code == 413


def test_nothing_but_the_pixels_is_kept(upload, folder):
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    exif[0x0112] = 6  # lies on its side
    jpeg = draw("JPEG", exif=exif, comment=CANARY, icc_profile=CANARY)
    text = PngInfo()
    text.add_text("Comment", CANARY.decode())
    png = draw(pnginfo=text, exif=exif, icc_profile=CANARY)

    for data in (jpeg, png):
        assert CANARY in data or CANARY.decode() in str(Image.open(BytesIO(data)).info)
        url = upload(data).json()["data"]["profile_photo"]
        image = Image.open(BytesIO(fetch(url).content_read))
        assert not image.getexif()
        assert not {"comment", "Comment", "icc_profile", "exif"} & image.info.keys()
    assert all(CANARY not in file.read_bytes() for file in files(folder))


def test_a_picture_is_turned_upright(upload):
    image = Image.new("RGB", (200, 200), "white")
    image.paste("black", (0, 0, 200, 100))  # the upper half
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    out = BytesIO()
    image.save(out, "PNG", exif=exif)

    url = upload(out.getvalue()).json()["data"]["profile_photo"]
    shown = Image.open(BytesIO(fetch(url).content_read))

    assert shown.getpixel((190, 100)) == (0, 0, 0)
    assert shown.getpixel((10, 100)) == (255, 255, 255)


def test_what_shines_through_still_does(upload):
    url = upload(draw(mode="RGBA")).json()["data"]["profile_photo"]

    assert Image.open(BytesIO(fetch(url).content_read)).mode == "RGBA"


def test_only_the_file_part_counts(as_ada, upload):
    assert faults(upload(draw(), part="image")) == {
        "profile_photo": ["The profile photo field is required."]
    }
    assert set(faults(as_ada.post("customer/picture", profile_photo="me.png"))) == {"profile_photo"}


def test_a_new_picture_replaces_the_old_one_and_its_files(as_ada, upload, folder):
    old = upload(draw()).json()["data"]["profile_photo"]
    new = upload(draw()).json()["data"]["profile_photo"]

    assert old != new
    assert fetch(old).status_code == 404
    assert pictures.sweep() == 1
    assert len(files(folder)) == 3
    assert fetch(new).status_code == 200


def test_it_can_be_removed_more_than_once(as_ada, upload, folder):
    url = upload(draw()).json()["data"]["profile_photo"]

    for _ in range(2):
        reply = as_ada.send("DELETE", "customer/picture")
        assert reply.status_code == 200
        assert reply.json()["data"]["profile_photo"] is None
    assert fetch(url).status_code == 404
    pictures.sweep()
    assert (files(folder), Picture.objects.count()) == ([], 0)


def test_it_is_forgotten_with_the_customer(ada, upload, folder):
    url = upload(draw()).json()["data"]["profile_photo"]
    assert fetch(url).status_code == 200

    erase_all(ada.environment_id, ada.uid)

    assert fetch(url).status_code == 404
    assert pictures.sweep() == 1
    assert (files(folder), Picture.objects.count()) == ([], 0)


def test_it_goes_with_a_deleted_customer(shop, ada, upload, folder):
    upload(draw())

    assert shop.integration.delete(f"customers/{ada.uid}").status_code == 204

    assert pictures.sweep() == 1
    assert files(folder) == []


def test_an_upload_that_was_never_finished_is_swept_after_an_hour(shop, folder):
    picture = Picture.objects.create(format="png", width=320)
    pictures.storage().save(picture.name(), BytesIO(b"half a picture"))

    assert pictures.sweep() == 0
    Picture.objects.update(not_before=timezone.now() - timedelta(seconds=1))

    assert pictures.sweep() == 1
    assert files(folder) == []


def test_nobody_who_is_being_forgotten_gets_a_picture(ada, upload, folder):
    Customer.objects.filter(pk=ada.pk).update(anonymization_status="started")

    assert sentence(upload(draw()))[0] == 401
    assert files(folder) == []


@pytest.mark.parametrize(
    "path", ["/pictures/" + "0" * 32 + "/full.png", "/pictures/x/full.png", "/pictures/../x"]
)
def test_what_does_not_exist_is_not_found(db, path):
    assert Client().get(path).status_code == 404


def test_any_storage_of_django_will_do(settings, upload):
    settings.STORAGES = {
        **settings.STORAGES,
        "pictures": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }

    url = upload(draw()).json()["data"]["profile_photo"]

    assert fetch(url).status_code == 200
