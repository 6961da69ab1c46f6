"""What a person does on the playground's page, in a real browser."""

from playwright.async_api import Locator, Page, expect

from tests.support.playground import photo


async def pick(page: Page, data: bytes | None = None, name: str = "granny.jpg") -> None:
    """Pick a photo as a person does: press the big button and choose a file."""
    async with page.expect_file_chooser() as choosing:
        await page.get_by_role("button", name="Drop, paste or pick a photo").click()
    chooser = await choosing.value
    await chooser.set_files({"name": name, "mimeType": "image/jpeg", "buffer": photo() if data is None else data})


async def say(page: Page, text: str, label: str = "Message") -> None:
    await page.get_by_label(label).fill(text)
    await page.keyboard.press("Enter")


def last(page: Page) -> Locator:
    return page.locator(".bubble").last


async def followed(page: Page) -> None:
    """Wait until the page hears of the last photo's progress: what was told before is not told again."""
    await expect(page.locator(".bubble[data-stage]").last).to_be_visible()


async def result(page: Page) -> Locator:
    """The restored photo's bubble."""
    found = page.locator(".bubble.result").last
    await expect(found).to_be_visible()
    return found


async def shown_pictures(bubble: Locator) -> list[int]:
    """The widths of a bubble's pictures once they are loaded."""
    pictures = bubble.locator("img")
    for picture in await pictures.all():
        await picture.evaluate("picture => picture.decode()")
    widths: list[int] = await pictures.evaluate_all("pictures => pictures.map((picture) => picture.naturalWidth)")
    return widths
