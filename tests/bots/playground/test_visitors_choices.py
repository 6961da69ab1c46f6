"""What the page learnt from the chats: settings, privacy, deletion, chosen faces, things to share, one archive."""

import base64
import io
import zipfile
from pathlib import Path

import httpx
from PIL import Image

from tests.journeys.test_telegram_faces import ThreeFaces
from tests.support.playground import open_playground, photo
from tests.support.playground_client import error, events, new_visitor, send_and_wait


async def command(visitor: httpx.AsyncClient, text: str) -> dict[str, object]:
    answered: dict[str, object] = (await visitor.post("/commands", json={"text": text})).json()
    return answered


async def test_settings_are_a_form_and_change_the_page(idle_url: str) -> None:
    async with new_visitor(idle_url) as visitor:
        shown = await command(visitor, "/settings")
        assert shown["text"] == "Your settings, for all your photos:"
        fields = {field["name"]: field for field in shown["settings"]}  # type: ignore[attr-defined]
        assert list(fields) == ["language", "strength", "fidelity", "upscale", "scope"]
        assert fields["strength"]["value"] == "100"
        assert {"value": "75", "text": "gentle"} in fields["strength"]["values"]
        changed = await visitor.post("/settings", json={"name": "strength", "value": "75"})
        assert [field["value"] for field in changed.json()["settings"]][1] == "75"
        await visitor.post("/settings", json={"name": "language", "value": "de"})
        assert '<html lang="de" dir="ltr">' in (await visitor.get("/")).text
        assert (await command(visitor, "/settings"))["text"] == "Deine Einstellungen, für alle deine Fotos:"
        wrongs: tuple[dict[str, object], ...] = (
            {"name": "reply_as_file", "value": "yes"},
            {"name": "strength"},
            {"name": []},
        )
        for wrong in wrongs:
            assert error(await visitor.post("/settings", json=wrong))[:2] == (422, "bad-options")


async def test_everything_is_deleted_after_a_question(visitor: httpx.AsyncClient) -> None:
    view = await send_and_wait(visitor)
    assert "a cookie of this browser" in str((await command(visitor, "/privacy"))["text"])
    asked = await command(visitor, "/deletemydata")
    assert (asked["confirm"], "Delete your photos" in str(asked["text"])) == ("Delete everything", True)
    assert (await visitor.get(view["urls"]["result"])).status_code == 200
    done = await visitor.post("/forget", json={})
    assert done.json()["text"] == "Done. Your photos and settings are deleted."
    assert (await visitor.get(view["urls"]["result"])).status_code != 200


async def test_faces_are_chosen(tmp_path: Path, redis_url: str) -> None:
    pipeline = ThreeFaces()
    async with open_playground(tmp_path, redis_url, pipeline) as url, new_visitor(url) as visitor:
        view = await send_and_wait(visitor)
        assert (view["choice"]["numbers"], view["choice"]["states"]) == ([1, 2, 3], "rrr")
        answer = await visitor.post(f"{view['urls']['self']}/adjust", json={"faces": "rgl"})
        again = (await events(visitor, answer.json()["job"]))[-1][1]
        assert (pipeline.runs[-1].faces, pipeline.runs[-1].gentle_faces) == ((1, 2), (2,))
        assert again["asked"] == "The same photo, with the faces that I chose"
        assert (again["choice"]["states"], again["charged"]) == ("rgl", False)
        for wrong in ("lll", "rr", "rrx", 3):
            refused = await visitor.post(f"{view['urls']['self']}/adjust", json={"faces": wrong})
            assert error(refused)[:2] == (422, "bad-options")


async def test_face_cards_are_shown_and_taken_away(tmp_path: Path, redis_url: str) -> None:
    names = [f"granny restored, face {face} (row 1, number {place}).jpg" for face, place in ((1, 2), (2, 1), (3, 3))]
    async with (
        open_playground(tmp_path, redis_url, ThreeFaces()) as url,
        new_visitor(url) as visitor,
        new_visitor(url) as other,
    ):
        view = await send_and_wait(visitor, photo(320, 240))
        assert view["choice"]["cards"] == "Face cards"
        shown = (await visitor.get(view["urls"]["faces"])).json()["cards"]
        assert [card["text"] for card in shown] == [
            "Face 1: row 1, number 2 from the left.",
            "Face 2: row 1, number 1 from the left.",
            "Face 3: row 1, number 3 from the left.",
        ]
        assert [card["name"] for card in shown] == names
        pictures = [Image.open(io.BytesIO(base64.b64decode(card["jpeg"]))) for card in shown]
        assert {picture.format for picture in pictures} == {"JPEG"}
        for path, found in ((view["urls"]["faces_archive"], names), ("/results.zip", ["granny restored.jpg", *names])):
            archive = await visitor.get(path)
            with zipfile.ZipFile(io.BytesIO(archive.content)) as files:
                assert (files.namelist(), files.testzip()) == (found, None)
        for path in (view["urls"]["faces"], view["urls"]["faces_archive"]):
            assert (await other.get(path)).status_code == 404


async def test_not_quite_like_them_is_remembered(visitor: httpx.AsyncClient) -> None:
    view = await send_and_wait(visitor)
    closer = view["adjustments"][0]
    asked = {"options": closer["options"], "remember": closer["remember"]}
    assert (await visitor.post(f"{view['urls']['self']}/adjust", json=asked)).status_code == 202
    fields = (await command(visitor, "/settings"))["settings"]
    assert [field["value"] for field in fields if field["name"] == "strength"] == ["75"]  # type: ignore[attr-defined]


async def test_results_are_shared_and_taken_away_together(tmp_path: Path, redis_url: str) -> None:
    async with (
        open_playground(tmp_path, redis_url, free_per_day=3) as url,
        new_visitor(url) as visitor,
        new_visitor(url) as other,
    ):
        views = [await send_and_wait(visitor, photo(240, 300 + number)) for number in range(2)]
        clip = await visitor.get(views[0]["urls"]["clip"])
        assert clip.headers["content-type"] in ("video/mp4", "image/gif")
        assert "granny restored." in clip.headers["content-disposition"]
        card = await visitor.get(views[0]["urls"]["card"])
        assert Image.open(io.BytesIO(card.content)).size == (240 * 2 + 8, 300)
        assert (await other.get(views[0]["urls"]["card"])).status_code == 404
        archive = await visitor.get("/results.zip")
        with zipfile.ZipFile(io.BytesIO(archive.content)) as files:
            assert files.namelist() == ["granny restored.jpg", "granny restored (2).jpg"]
            assert files.testzip() is None
            first = files.read("granny restored.jpg")
        assert first == (await visitor.get(views[0]["urls"]["result"])).content
        assert "no longer have" in error(await other.get("/results.zip"))[2]
        assert (await visitor.get("/quota")).json()["used"] == 2
