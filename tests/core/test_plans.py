"""The plans file: people have what it says, and an invalid file gives one sentence."""

from pathlib import Path

import pytest

from magicmemory.core.options import Options
from magicmemory.core.plans import PREMIUM, BadPlans, Plans, read_plans


def read(file: Path | None) -> Plans:
    return read_plans(file, free_per_day=2, fair_use_per_day=200, head_start_s=300)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "plans.toml"


def test_without_a_file_there_is_the_free_plan_and_premium() -> None:
    plans = read(None)
    assert (plans.free.photos_per_day, plans.free.head_start_s, list(plans.paid)) == (2, 0, [PREMIUM])
    premium = plans.paid[PREMIUM]
    assert (premium.photos_per_day, premium.head_start_s, premium.days, premium.stars) == (200, 300, 30, None)
    assert plans.for_stars == []


def test_plans_file_defines_limits(file: Path) -> None:
    file.write_text(
        """
        [free]
        models = ["lite"]
        max_upscale = 1
        [plans.pack]
        title = "Ten photos"
        credits = 10
        stars = 75
        [plans.month]
        title = { en = "A month", pt = "Um mês", pt-BR = "Um mês inteiro" }
        days = 30
        stars = 250
        subscription = true
        discord_sku = "1234"
        photos_per_day = 0
        models = ["gfpgan", "lite"]
        max_megapixels = 80
        """
    )
    plans = read(file)
    assert list(plans.paid) == [PREMIUM, "pack", "month"]
    assert plans.rank("month") > plans.rank("pack") > plans.rank(PREMIUM) > plans.rank("gone")
    assert [plan.name for plan in plans.for_stars] == ["pack", "month"]
    month = plans.of_sku("1234")
    assert month is not None
    assert plans.of_sku("1") is None
    assert (month.name, month.photos_per_day, month.head_start_s, month.max_megapixels) == ("month", 0, 300, 80)
    assert [month.title_in(language) for language in ("pt-BR", "pt-PT", "de")] == [
        "Um mês inteiro",
        "Um mês",
        "A month",
    ]
    assert plans.paid["pack"].title_in("ru") == "Ten photos"
    assert plans.paid[PREMIUM].title_in("en") == "Premium"
    assert plans.limits("") == plans.free
    assert plans.limits("gone") == plans.paid[PREMIUM]


def test_plan_limits(file: Path) -> None:
    file.write_text('[free]\nmodels = ["lite", "gfpgan"]\nmax_upscale = 2')
    free = read(file).free
    assert free.allow(Options())
    assert free.allow(Options(model="gfpgan", upscale=2))
    assert not free.allow(Options(model="codeformer"))
    assert not free.allow(Options(upscale=4))
    assert free.choose(Options(strength=0.5)) == Options(model="lite", strength=0.5)
    assert free.choose(Options(model="gfpgan")) == Options(model="gfpgan")
    assert read(None).free.choose(Options()) == Options()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[free", "is no TOML"),
        ("[gratis]\nphotos_per_day = 1", "has a table [gratis]; write [free] and [plans.NAME]"),
        ("free = 3", "has no tables"),
        ("[free]\nphotos_per_day = -1", "[free] photos_per_day: write 0 or more"),
        ("[free]\nmax_upscale = 3", "[free] max_upscale: write 1, 2 or 4"),
        ("[free]\nprice = 3", "[free] price: there is no such key"),
        ("[plans]\nmonth = 30", "a plan is a table [plans.NAME]"),
        ("[plans.month]\nstars = 5", "a plan has either days or credits"),
        ("[plans.month]\ndays = 5\ncredits = 5", "a plan has either days or credits"),
        ("[plans.month]\ndays = 31\nsubscription = true", "a subscription has days = 30"),
        ("[plans.month]\ndays = 30\nstars = 10001", "[plans.month] stars: write 10000 or less"),
        ('[plans.month]\ndays = 30\ndiscord_sku = "abc"', "[plans.month] discord_sku: write the SKU's number"),
        ("[plans.Month]\ndays = 30", "[plans.Month] name: write at most 24 small letters"),
    ],
)
def test_invalid_plans_file_gives_one_sentence(file: Path, text: str, says: str) -> None:
    file.write_text(text)
    with pytest.raises(BadPlans) as raised:
        read(file)
    sentence = str(raised.value)
    assert says in sentence
    assert sentence.startswith("The file of plans")
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadPlans, match=r"cannot be read: No such file or directory\.$"):
        read(tmp_path / "missing.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadPlans, match="is no TOML"):
        read(tmp_path / "binary.toml")
