"""A photo goes through the playground and comes back; bad files are refused for nothing."""

import asyncio
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from magicmemory.bots.playground.views import BEGINS_AT, _face_key
from magicmemory.bots.texts import Texts
from magicmemory.core.job import Stage
from magicmemory.core.report import FaceWarning, LeftAlone
from tests.support.harness import FACE
from tests.support.playground import Gate, Painter, open_playground, photo
from tests.support.playground_client import PATIENCE_S, error, events, new_visitor, press, send, send_and_wait, stream
from tests.support.telegram_harness import MASK, QuickPipeline


async def test_a_photo_comes_back(tmp_path: Path, redis_url: str) -> None:
    gate = Gate()
    async with open_playground(tmp_path, redis_url, Painter(step=gate)) as url, new_visitor(url) as visitor:
        before = (await visitor.get("/quota")).json()
        assert (before["limit"], before["used"], before["left"]) == (1, 0, 1)
        job = (await send(visitor)).json()["job"]
        assert (job["state"], job["finished"], job["report"]) == ("accepted", False, None)
        assert job["text"] == "Got it. Your photo is next."
        following = stream(visitor, job)
        first = await anext(following)
        gate.open()
        *progress, (last, view) = [first] + [event async for event in following]

    assert last == "done"
    assert {name for name, _ in progress} == {"progress"}
    assert "Found 2 faces. Restored 1 so far…" in [told["text"] for _, told in progress]
    fractions = [told["fraction"] for _, told in progress]
    assert fractions == sorted(fractions)
    assert 0 < fractions[0] < fractions[-1] < 1
    assert (view["state"], view["finished"]) == ("delivered", True)
    assert view["text"] == "One face restored. One face was too small to restore."
    assert [face["restored"] for face in view["report"]["faces"]] == [True, False]
    assert view["report"]["faces"][0]["text"] == "Face 1: 72 × 90 pixels, restored"
    assert view["quota"]["left"] == 0
    assert view["quota"]["text"].startswith("No more photos today.")


async def test_the_pictures_are_served_with_their_types_and_names(visitor: httpx.AsyncClient) -> None:
    sent = photo(kind="PNG")
    view = await send_and_wait(visitor, sent, "Oma & Opa 1946.png")
    original = await visitor.get(view["urls"]["original"])
    assert original.content == sent
    assert original.headers["content-type"] == "image/png"
    assert "content-disposition" not in original.headers
    restored = await visitor.get(view["urls"]["result"])
    assert restored.headers["content-type"] == "image/jpeg"
    assert Image.open(BytesIO(restored.content)).size == (240, 300)
    download = await visitor.get(view["urls"]["download"])
    assert download.content == restored.content
    assert download.headers["content-disposition"] == (
        "attachment; filename=\"Oma _ Opa 1946 restored.jpg\"; filename*=UTF-8''Oma%20%26%20Opa%201946%20restored.jpg"
    )


async def test_second_photo_is_refused_with_the_quota_message(visitor: httpx.AsyncClient) -> None:
    await send_and_wait(visitor)
    # The same photo again is answered from the store, and costs nothing; another one is another photo.
    assert (await send_and_wait(visitor))["quota"]["used"] == 1
    answer = await send(visitor, photo(200))
    status, key, text = error(answer)
    assert (status, key) == (429, "quota-used-up")
    assert text.startswith("You have used today’s free photo. You get the next one in ")
    assert 0 < int(answer.headers["retry-after"]) <= 86400


async def test_a_message_sent_again_makes_one_job(visitor: httpx.AsyncClient) -> None:
    first = (await send(visitor, message="abc-1")).json()["job"]
    again = await send(visitor, message="abc-1")
    assert again.status_code == 202
    assert again.json()["job"]["id"] == first["id"]
    assert len((await visitor.get("/history")).json()["jobs"]) == 1


async def test_options_come_with_the_photo(tmp_path: Path, redis_url: str) -> None:
    painter = Painter()
    async with open_playground(tmp_path, redis_url, painter) as url, new_visitor(url) as visitor:
        await events(visitor, (await send(visitor, options='{"strength": 0.3}')).json()["job"])
        for unusable in ('{"strength": 7}', '{"sharper": true}', "[]", "{"):
            status, key, _ = error(await send(visitor, options=unusable))
            assert (status, key) == (422, "bad-options"), unusable
    assert [options.strength for options in painter.seen] == [0.3]


async def test_a_photo_is_adjusted_free(visitor: httpx.AsyncClient) -> None:
    view = await send_and_wait(visitor)
    assert view["adjustments"] == [
        {"text": "Not quite like them?", "options": {"strength": 0.75}, "remember": True},
        {"text": "Gentler", "options": {"strength": 0.75}, "remember": False},
        {
            "text": "Whole photo",
            "options": {"scope": "photo", "repair": None, "clean": None, "tone": None},
            "remember": False,
        },
    ]
    answer = await visitor.post(f"{view['urls']['self']}/adjust", json={"options": {"strength": 0.75}})
    assert answer.status_code == 202
    pressed_twice = await visitor.post(f"{view['urls']['self']}/adjust", json={"options": {"strength": 0.75}})
    assert pressed_twice.json()["job"]["id"] == answer.json()["job"]["id"]
    gentler = (await events(visitor, answer.json()["job"]))[-1][1]
    assert (gentler["state"], gentler["parent"], gentler["charged"]) == ("delivered", view["id"], False)
    assert gentler["asked"] == "The same photo, restored at 75 %"
    assert [button["text"] for button in gentler["adjustments"]][1:] == ["Gentler", "Stronger", "Whole photo"]
    both = [(await visitor.get(job["urls"]["result"])).content for job in (view, gentler)]
    assert both[0] != both[1]
    assert (await visitor.get(gentler["urls"]["original"])).content == photo()
    assert (await visitor.get("/quota")).json()["used"] == 1


async def test_a_print_is_asked_for_by_its_size(tmp_path: Path, redis_url: str) -> None:
    painter = Painter()
    async with open_playground(tmp_path, redis_url, painter) as url, new_visitor(url) as visitor:
        view = await send_and_wait(visitor)
        assert view["prints"]["text"] == "Print quality"
        size = view["prints"]["sizes"][1]
        assert size == {"text": "13 × 18 cm", "options": {"print_size": "13x18cm"}}
        address = f"{view['urls']['self']}/adjust"
        answer = await visitor.post(address, json={"options": size["options"]})
        made = (await events(visitor, answer.json()["job"]))[-1][1]
        assert (made["asked"], made["charged"]) == ("The same photo for a print of 13 × 18 cm", False)
        assert size not in made["prints"]["sizes"]
        status, key, said = error(await visitor.post(address, json={"options": {"print_size": "3x4km"}}))
        assert (status, key) == (422, "print-size-unusable")
        assert said.startswith("I cannot prepare a print of this size.")
    assert [options.print_size for options in painter.seen] == [None, "13x18cm"]


async def test_the_whole_photo_is_cleaned_and_left_again(tmp_path: Path, redis_url: str) -> None:
    painter = Painter()
    async with open_playground(tmp_path, redis_url, painter) as url, new_visitor(url) as visitor:
        view = await send_and_wait(visitor)
        gentler = await press(visitor, view, "Gentler")
        cleaned = await press(visitor, gentler, "Whole photo")
        assert cleaned["options"] == {**gentler["options"], "scope": "photo"}
        assert cleaned["asked"] == "The whole photo repaired and cleaned, its faces restored at 75 %"
        assert [button["text"] for button in cleaned["adjustments"]][1:] == ["Gentler", "Stronger", "Faces only"]
        stronger = await press(visitor, cleaned, "Stronger")
        assert stronger["options"] == {**view["options"], "scope": "photo"}
        faces = await press(visitor, cleaned, "Faces only")
        assert faces["options"] == {**gentler["options"], "scope": "faces"}
        assert faces["asked"] == "The same photo, faces only, restored at 75 %"
        pictures = [(await visitor.get(job["urls"]["result"])).content for job in (gentler, cleaned, faces)]
    assert pictures[0] == pictures[2] != pictures[1]
    assert [options.scope for options in painter.seen] == ["auto", "auto", "photo", "photo", "faces"]


async def test_what_was_taken_for_damage_can_be_seen(tmp_path: Path, redis_url: str) -> None:
    pipeline = QuickPipeline(damaged=True)
    async with open_playground(tmp_path, redis_url, pipeline) as url, new_visitor(url) as visitor:
        view = await send_and_wait(visitor)
        assert view["text"] == "One face restored; scratches and dust repaired; contrast brought back."
        assert view["report"]["done"] == ["repair", "tone"]
        assert view["report"]["damage"]["scratches"] == 0.01
        seen = await visitor.get(view["urls"]["damage"])
        assert (seen.headers["content-type"], seen.content) == ("image/png", MASK)
        undone = await press(visitor, view, "Undo repair")
        assert undone["asked"] == "The same photo without the repair, its faces restored at 100 %"
        assert undone["text"] == "One face restored; contrast brought back."
        assert undone["urls"]["damage"] is None
        assert (await visitor.get(f"{undone['urls']['self']}/damage")).status_code == 404
        async with new_visitor(url) as other:
            assert (await other.get(view["urls"]["damage"])).status_code == 404
        assert (await visitor.get("/quota")).json()["used"] == 1


async def test_whole_photo_is_offered_after_faces_only_found_none(tmp_path: Path, redis_url: str) -> None:
    async with open_playground(tmp_path, redis_url, QuickPipeline()) as url, new_visitor(url) as visitor:
        answer = await send(visitor, black(), options='{"scope": "faces"}')
        failed = (await events(visitor, answer.json()["job"]))[-1][1]
        assert failed["failure"] == "no-face-found"
        assert failed["quota"]["used"] == 0
        assert [button["text"] for button in failed["adjustments"]] == ["Restore the whole photo"]
        whole = await press(visitor, failed, "Restore the whole photo")
        assert whole["text"] == "The whole photo cleaned. I found no face in it."
        assert (whole["charged"], whole["quota"]["used"]) == (True, 1)


def black() -> bytes:
    out = BytesIO()
    Image.new("RGB", (100, 100)).save(out, "JPEG")
    return out.getvalue()


def test_the_progress_bar_knows_every_stage() -> None:
    assert list(BEGINS_AT) == list(Stage)
    assert list(BEGINS_AT.values()) == sorted(set(BEGINS_AT.values()))


async def test_adjustments_are_limited_and_checked(tmp_path: Path, redis_url: str) -> None:
    async with open_playground(tmp_path, redis_url, adjustments=1) as url, new_visitor(url) as visitor:
        adjust = f"{(await send_and_wait(visitor))['urls']['self']}/adjust"
        assert error(await visitor.post(adjust, json={"options": {"strength": 2}}))[:2] == (422, "bad-options")
        assert error(await visitor.post(adjust, content=b"not json"))[:2] == (400, "bad-request")
        assert error(await visitor.post(adjust, content=b"[" * 15_000))[:2] == (400, "bad-request")
        assert (await visitor.post(adjust, json={"options": {"strength": 0.5}})).status_code == 202
        refused = error(await visitor.post(adjust, json={"options": {"strength": 0.1}}))
        assert refused[:2] == (429, "too-many-adjustments")


async def test_a_waiting_photo_is_cancelled(idle_url: str) -> None:
    async with new_visitor(idle_url) as visitor:
        job = (await send(visitor)).json()["job"]
        following = stream(visitor, job)
        assert (await anext(following))[0] == "progress"
        cancelled = (await visitor.post(f"{job['urls']['self']}/cancel")).json()["job"]
        assert (cancelled["state"], cancelled["finished"]) == ("cancelled", True)
        assert cancelled["text"] == "Cancelled. It cost you nothing."
        assert cancelled["quota"]["left"] == 1
        assert [name async for name, _ in following] == ["done"]
        assert error(await visitor.post(f"{job['urls']['self']}/cancel"))[:2] == (409, "nothing-to-cancel")


async def test_waiting_photo_shows_its_queue_position(idle_url: str) -> None:
    async with new_visitor(idle_url) as first, new_visitor(idle_url) as second:
        ahead = (await send(first)).json()["job"]
        job = (await send(second)).json()["job"]
        assert job["text"] == "Got it. 1 photo is ahead of yours."
        following = stream(second, job)
        assert (await anext(following))[1]["text"] == "Got it. 1 photo is ahead of yours."
        await first.post(f"{ahead['urls']['self']}/cancel")
        assert (await anext(following))[1]["text"] == "Got it. Your photo is next."
        await second.post(f"{job['urls']['self']}/cancel")
        assert [name async for name, _ in following] == ["done"]


async def test_history_outlives_the_server(tmp_path: Path, redis_url: str) -> None:
    async with open_playground(tmp_path, redis_url) as url, new_visitor(url) as visitor:
        view = await send_and_wait(visitor)
        cookies = dict(visitor.cookies)
    async with open_playground(tmp_path, redis_url) as url, new_visitor(url) as visitor:
        visitor.cookies.update(cookies)
        assert [job["id"] for job in (await visitor.get("/history")).json()["jobs"]] == [view["id"]]
        assert await events(visitor, view) == [("done", (await visitor.get(view["urls"]["self"])).json())]


@pytest.mark.parametrize(
    ("found", "key"),
    [
        ({"restored": True}, "restored"),
        ({"restored": True, "warning": FaceWarning.LESS_ALIKE}, "less-alike"),
        ({"restored": False, "reason": LeftAlone.TOO_SMALL}, "too-small"),
        ({"restored": False}, "left-alone"),
    ],
)
def test_every_face_has_its_sentence(found: dict[str, Any], key: str) -> None:
    assert _face_key(FACE.model_copy(update={"reason": None, **found})) == key
    assert (
        Texts().say("en", f"playground-face-{key}", number=1, width=30, height=40).startswith("Face 1: 30 × 40 pixels")
    )


async def test_non_photo_is_refused_and_costs_nothing(visitor: httpx.AsyncClient) -> None:
    view = await send_and_wait(visitor, b"<script>alert(1)</script>", "page.html")
    assert (view["state"], view["failure"]) == ("failed", "not-a-photo")
    assert view["text"] == "This is not a photo. Please send a picture, for example a JPEG or PNG."
    assert view["quota"]["left"] == 1
    # It is never served as what it says it is.
    original = await visitor.get(view["urls"]["original"])
    assert original.headers["content-type"] == "application/octet-stream"
    assert original.headers["content-disposition"].startswith("attachment")


async def test_nothing_is_no_photo(visitor: httpx.AsyncClient) -> None:
    assert error(await send(visitor, b""))[:2] == (415, "not-a-photo")
    assert error(await visitor.post("/photos", data={"message": "1"}))[:2] == (415, "not-a-photo")
    assert error(await visitor.post("/photos", files={"photo": (None, "text")}))[:2] == (415, "not-a-photo")


async def test_broken_forms_are_refused(visitor: httpx.AsyncClient) -> None:
    form = {"Content-Type": "multipart/form-data"}
    assert error(await visitor.post("/photos", content=b"x", headers=form))[:2] == (400, "bad-request")
    assert error(await send(visitor, message="../../etc"))[:2] == (400, "bad-request")
    assert error(await send(visitor, message="x" * 65))[:2] == (400, "bad-request")
    two = [("photo", ("1.jpg", photo())), ("photo", ("2.jpg", photo()))]
    assert error(await visitor.post("/photos", files=two))[:2] == (400, "bad-request")


@pytest.mark.parametrize("announced", [True, False])
async def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path, redis_url: str, announced: bool) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="photo"; filename="x.jpg"\r\n\r\n' + bytes(600_000)
    length = "Content-Length: 900000000" if announced else "Transfer-Encoding: chunked"
    head = (
        f"POST /photos HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n{length}\r\n\r\n"
    )
    async with open_playground(tmp_path, redis_url, worker=False, max_photo_mb=0.5) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
        writer.write(head.encode() + (b"" if announced else f"{len(body):x}\r\n".encode() + body + b"\r\n"))
        # The server answers and hangs up, although we have not sent it all.
        async with asyncio.timeout(PATIENCE_S):
            answer = (await reader.read()).decode()
        writer.close()
        await writer.wait_closed()
    assert answer.startswith("HTTP/1.1 413 ")
    assert '"This file is too large: 0.5 MB is the limit."' in answer


async def test_a_file_at_the_limit_is_taken(tmp_path: Path, redis_url: str) -> None:
    async with open_playground(tmp_path, redis_url, worker=False, max_photo_mb=0.5) as url, new_visitor(url) as visitor:
        assert (await send(visitor, bytes(500_000))).status_code == 202
        assert error(await send(visitor, bytes(500_001)))[:2] == (413, "file-too-large")


async def test_the_sample_is_free(visitor: httpx.AsyncClient) -> None:
    sample = (await visitor.get("/static/sample.jpg")).content
    view = await send_and_wait(visitor, sample)
    assert (view["state"], view["charged"], view["quota"]["left"]) == ("delivered", False, 1)
    await send_and_wait(visitor)
    assert (await visitor.get("/quota")).json()["left"] == 0
    again = (await send(visitor, sample, options='{"strength": 0.5}')).json()["job"]
    assert (again["state"], again["charged"]) == ("accepted", False)


async def test_the_page_has_a_limit_of_its_own(tmp_path: Path, redis_url: str) -> None:
    async with (
        open_playground(tmp_path, redis_url, playground_free_per_day=None) as url,
        new_visitor(url) as visitor,
    ):
        await send_and_wait(visitor)
        quota = (await visitor.get("/quota")).json()
        assert (quota["limit"], quota["left"]) == (100, 99)
        assert (await send(visitor, photo(200))).status_code == 202
