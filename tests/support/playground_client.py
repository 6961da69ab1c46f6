"""What a visitor's browser does with the playground's interface."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx

from tests.support.playground import photo

PATIENCE_S = 60


def new_visitor(url: str, **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=PATIENCE_S, trust_env=False)


async def send(
    client: httpx.AsyncClient, data: bytes | None = None, name: str = "granny.jpg", **form: str
) -> httpx.Response:
    return await client.post("/photos", files={"photo": (name, photo() if data is None else data)}, data=form)


async def send_and_wait(client: httpx.AsyncClient, data: bytes | None = None, name: str = "granny.jpg") -> Any:
    answer = await send(client, data, name)
    assert answer.status_code == 202, answer.text
    return (await events(client, answer.json()["job"]))[-1][1]


async def press(client: httpx.AsyncClient, view: Any, text: str) -> Any:
    """Press a result's button, and wait for what it makes."""
    options = next(button["options"] for button in view["adjustments"] if button["text"] == text)
    answer = await client.post(f"{view['urls']['self']}/adjust", json={"options": options})
    assert answer.status_code == 202, answer.text
    return (await events(client, answer.json()["job"]))[-1][1]


async def events(client: httpx.AsyncClient, job: Any) -> list[tuple[str, Any]]:
    """Every event of a job's stream, until it ends."""
    return [event async for event in stream(client, job)]


async def stream(client: httpx.AsyncClient, job: Any) -> AsyncGenerator[tuple[str, Any], None]:
    """A job's events as they come."""
    async with client.stream("GET", job["urls"]["events"]) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        name = ""
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))


def error(answer: httpx.Response) -> tuple[int, str, str]:
    refused = answer.json()["error"]
    return answer.status_code, refused["key"], refused["text"]
