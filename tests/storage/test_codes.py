"""Codes: readable, checked, kept as hashes, redeemed once and as often as they may be; guessing is slowed down."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from magicmemory.core.errors import (
    Banned,
    CodeElsewhere,
    CodeExpired,
    CodeMistyped,
    CodeRedeemed,
    CodeRevoked,
    CodeUnknown,
    CodeUsedUp,
    TooManyGuesses,
)
from magicmemory.core.job import Platform, Sender
from magicmemory.core.plans import make_plans
from magicmemory.storage.codes import (
    ALPHABET,
    LENGTH,
    BadCode,
    CodeKind,
    Codes,
    CodeSpec,
    check_character,
    looks_mistyped,
    normalised,
    strength_bits,
    written,
)
from magicmemory.storage.database import Database
from magicmemory.storage.grants import Grants, Source
from magicmemory.storage.people import People
from magicmemory.storage.tables import metadata
from tests.storage.conftest import Clock

ANA = Sender(platform=Platform.TELEGRAM, account="7")
BEN = Sender(platform=Platform.TELEGRAM, account="8")
TEN_DAYS = CodeSpec(CodeKind.UNLOCK, "premium", days=10)
KEY = b"the operator's key"

bodies = st.text(st.sampled_from(ALPHABET), min_size=LENGTH - 1, max_size=LENGTH - 1)


def person(number: int) -> Sender:
    return Sender(platform=Platform.TELEGRAM, account=str(number))


@pytest.fixture
def codes(database: Database, clock: Clock) -> Codes:
    return Codes(database, KEY, clock)


async def make(codes: Codes, terms: CodeSpec = TEN_DAYS) -> str:
    """A new code's text."""
    ((_, text),) = await codes.create(terms)
    return text


# What a code looks like.


def test_alphabet_has_no_ambiguous_characters() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 31
    assert not set(ALPHABET) & set("01ILO")


@given(bodies, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_checksum_finds_every_wrong_character(body: str, place: int, wrong: str) -> None:
    code = body + check_character(body)
    assert not looks_mistyped(code)
    typed = code[:place] + wrong + code[place + 1 :]
    assert looks_mistyped(typed) == (typed != code)


@given(bodies)
def test_checksum_finds_every_swap_of_neighbours(body: str) -> None:
    code = body + check_character(body)
    for place in range(LENGTH - 1):
        typed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert looks_mistyped(typed) == (typed != code)


def test_codes_that_were_printed_stay_valid() -> None:
    assert not looks_mistyped(normalised("GRAN-ABCD-EFGH-JKMV"))


def test_words_are_not_treated_as_mistyped_codes() -> None:
    for word in ("RESTORE40", "WELCOME", "SUMMER", "HELLO-WORLD-10"):
        assert not looks_mistyped(normalised(word))


@given(bodies, st.sampled_from(["", "GRAN", "SUMMER26"]))
def test_code_is_read_in_any_spelling(body: str, prefix: str) -> None:
    code = body + check_character(body)
    shown = written(code, prefix)
    assert [len(group) for group in shown.split("-")[-3:]] == [4, 4, 4]
    for typed in (shown, shown.lower(), shown.replace("-", " "), f"  {shown}\n", shown.replace("-", "–")):
        assert normalised(typed) == prefix + code


# Making them.


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        (CodeSpec(CodeKind.DISCOUNT), "percentage"),
        (CodeSpec(CodeKind.DISCOUNT, percent=40, days=1), "neither days nor credits"),
        (CodeSpec(CodeKind.DISCOUNT, percent=100), "between 1 and 99"),
        (CodeSpec(CodeKind.DISCOUNT, percent=0), "between 1 and 99"),
        (CodeSpec(CodeKind.UNLOCK, "premium"), "either days or credits"),
        (CodeSpec(CodeKind.UNLOCK, "premium", days=1, credits=1), "either days or credits"),
        (CodeSpec(CodeKind.UNLOCK, "premium", days=1, percent=5), "no percentage"),
        (CodeSpec(CodeKind.UNLOCK, days=1), "needs a plan"),
        (CodeSpec(CodeKind.UNLOCK, "premium", days=0), "at least 1"),
        (CodeSpec(CodeKind.UNLOCK, "premium", days=1, uses=0), "at least 1"),
    ],
)
def test_impossible_terms_are_refused_in_a_sentence(terms: CodeSpec, says: str) -> None:
    with pytest.raises(BadCode, match=says) as raised:
        terms.check()
    assert str(raised.value).endswith(".")


async def test_created_codes_are_shown_once_and_differ(codes: Codes) -> None:
    made = await codes.create(TEN_DAYS, count=50, prefix="gran")
    assert len({code_id for code_id, _ in made}) == len({text for _, text in made}) == 50
    for _, text in made:
        assert text.startswith("GRAN-")
        assert not looks_mistyped(normalised(text))
    assert {code.id for code in await codes.list()} == {code_id for code_id, _ in made}


async def test_operator_can_choose_the_word_of_a_code(codes: Codes) -> None:
    terms = CodeSpec(CodeKind.DISCOUNT, percent=40, uses=100)
    ((_, text),) = await codes.create(terms, word="restore-40")
    assert text == "RESTORE40"
    assert await codes.redeem(ANA, "1", "Restore 40") == terms
    for word in ("RESTORE40", "abc", "no/good", "x" * 33, "22222222223A"):
        with pytest.raises(BadCode):
            await codes.create(terms, word=word)
    for arguments in (
        {"word": "WORD", "count": 2},
        {"word": "WORD", "prefix": "GRAN"},
        {"prefix": "longer than twelve"},
    ):
        with pytest.raises(BadCode):
            await codes.create(terms, **arguments)


async def test_database_contains_no_code(codes: Codes, database: Database) -> None:
    text = await make(codes)
    ((_, word),) = await codes.create(CodeSpec(CodeKind.DISCOUNT, percent=40), word="RESTORE40")
    await codes.redeem(ANA, "1", text)
    with pytest.raises(CodeUnknown):
        await codes.redeem(BEN, "2", "ALMOSTRIGHT")
    async with database.read() as connection:
        dump = "".join([str((await connection.execute(select(table))).all()) for table in metadata.sorted_tables])
    for secret in (text, normalised(text), normalised(text)[:6], word, "ALMOSTRIGHT"):
        assert secret.lower() not in dump.lower()


async def test_codes_are_unknown_under_another_key(codes: Codes, database: Database, clock: Clock) -> None:
    text = await make(codes)
    with pytest.raises(CodeUnknown):
        await Codes(database, b"another key", clock).redeem(ANA, "1", text)
    await codes.redeem(ANA, "1", text)


async def test_code_is_found_by_id_and_by_text(codes: Codes, clock: Clock) -> None:
    terms = CodeSpec(
        CodeKind.UNLOCK, "premium", credits=3, uses=2, expires_at=clock.now + timedelta(days=1), note="fair"
    )
    ((code_id, text),) = await codes.create(terms)
    await codes.redeem(ANA, "1", text)
    by_id, by_text = await codes.find(f" {code_id.upper()} "), await codes.find(text.lower())
    assert by_id == by_text
    assert by_id is not None
    assert (by_id.id, by_id.spec, by_id.redeemed, by_id.created_at) == (code_id, terms, 1, clock.now)
    assert await codes.find("nothing") is None


# Redeeming them.


async def test_an_unlock_code_grants(codes: Codes, database: Database, clock: Clock) -> None:
    assert await codes.redeem(ANA, "1", await make(codes)) == TEN_DAYS
    grants = Grants(database, make_plans({}, free_per_day=1, fair_use_per_day=0, head_start_s=0), clock)
    (grant,) = await grants.of(ANA)
    assert (grant.source, grant.plan, grant.days, grant.starts_at) == (Source.CODE, "premium", 10, clock.now)


async def test_code_is_redeemed_once_per_person_and_up_to_its_uses(codes: Codes) -> None:
    text = await make(codes, CodeSpec(CodeKind.UNLOCK, "premium", days=1, uses=2))
    await codes.redeem(ANA, "1", text)
    with pytest.raises(CodeRedeemed):
        await codes.redeem(ANA, "1", text)
    await codes.redeem(BEN, "2", text)
    with pytest.raises(CodeUsedUp):
        await codes.redeem(person(9), "3", text)
    with pytest.raises(CodeRedeemed):  # more to the point than that it is used up
        await codes.redeem(BEN, "2", text)


async def test_every_refusal_has_its_error(codes: Codes, database: Database, clock: Clock) -> None:
    expiring = await make(
        codes, CodeSpec(CodeKind.UNLOCK, "premium", days=1, expires_at=clock.now + timedelta(hours=1))
    )
    revoked, good = await make(codes), await make(codes)
    found = await codes.find(revoked)
    assert found is not None
    assert await codes.revoke(found.id)
    assert not await codes.revoke(found.id)
    clock.wait(hours=1)
    wrong = "3" if good[-1] != "3" else "4"
    tries = {
        expiring: CodeExpired,
        revoked: CodeRevoked,
        good[:-1] + wrong: CodeMistyped,
        "XMAS": CodeUnknown,
        "": CodeUnknown,
    }
    for text, refusal in tries.items():
        with pytest.raises(refusal):
            await codes.redeem(ANA, "1", text)
    await People(database).ban(ANA, banned=True)
    with pytest.raises(Banned):
        await codes.redeem(ANA, "1", good)
    await codes.redeem(BEN, "2", good)


# Guessing.


async def guess(codes: Codes, sender: Sender = ANA, chat: str = "1") -> int:
    """Try a wrong code; returns how many seconds the sender has to wait instead, if so."""
    with pytest.raises((CodeUnknown, TooManyGuesses)) as raised:
        await codes.redeem(sender, chat, "WRONG")
    return int(raised.value.parameters.get("wait_in_s", 0))


async def test_wrong_tries_double_the_wait(codes: Codes, clock: Clock) -> None:
    assert [await guess(codes) for _ in range(5)] == [0] * 5
    for wait in (30, 60, 120, 240):
        assert await guess(codes) == wait
        clock.wait(seconds=wait - 1)
        assert await guess(codes) == 1  # and that it was tried makes it no longer
        clock.wait(seconds=1)
        assert await guess(codes) == 0


async def test_the_wait_ends_with_a_day(codes: Codes, clock: Clock) -> None:
    waits = [0]
    while waits[-1] < 86_400:
        waits.append(await guess(codes))
        clock.wait(seconds=waits[-1])
    assert [wait for wait in waits if wait] == [*(30 * 2**n for n in range(12)), 86_400]
    clock.wait(days=1, seconds=1)
    assert [await guess(codes) for _ in range(5)] == [0] * 5
    assert await guess(codes) == 30


async def test_a_right_code_has_to_wait_too(codes: Codes, clock: Clock) -> None:
    text = await make(codes)
    for _ in range(5):
        await guess(codes)
    with pytest.raises(TooManyGuesses):
        await codes.redeem(ANA, "1", text)
    clock.wait(seconds=30)
    await codes.redeem(ANA, "1", text)


async def test_tries_are_counted_per_person_and_chat(codes: Codes) -> None:
    for number in range(30):
        assert await guess(codes, person(100 + number), chat="group") == 0
    assert await guess(codes, person(99), chat="group") == 10
    assert await guess(codes, person(100), chat="elsewhere") == 0  # one wrong try of their own is none too many
    for number in range(4):
        assert await guess(codes, ANA, chat=str(number)) == 0
    assert await guess(codes, ANA, chat="5") == 0
    assert await guess(codes, ANA, chat="6") == 30
    other = Sender(platform=Platform.DISCORD, account=ANA.account)
    assert await guess(codes, other, chat="6") == 0  # somebody else


async def test_guesses_from_a_shared_address_do_not_block_a_right_code(codes: Codes, clock: Clock) -> None:
    text = await make(codes)
    for number in range(29):
        await guess(codes, person(number), chat="cafe")
    assert await codes.redeem(ANA, "cafe", text) == TEN_DAYS


@pytest.mark.slow
async def test_guesser_with_changing_names_is_slowed_by_address(codes: Codes, clock: Clock) -> None:
    looked = 0
    for number in range(300):
        looked += await guess(codes, person(number), chat="cafe") == 0
        clock.wait(seconds=1)
    assert looked <= 30 + 300 // 10


@pytest.mark.parametrize("jump", [{"days": -400}, {"hours": -1}, {"days": 400}])
async def test_clock_jump_does_not_extend_the_wait(codes: Codes, clock: Clock, jump: dict[str, float]) -> None:
    text = await make(codes)
    for _ in range(5):
        await guess(codes)
    clock.wait(**jump)
    with suppress(TooManyGuesses):
        await codes.redeem(ANA, "1", text)
        return
    clock.wait(seconds=30)
    await codes.redeem(ANA, "1", text)


@pytest.mark.parametrize(
    ("word", "bits"),
    [("RESTORE40", 24), ("SUMMER2026", 30), ("THANKYOUFORYOURHELP", 17), ("AB12", 16), ("XK7Q4PM2Z9W", 46)],
)
def test_word_strength_is_estimated_cautiously(word: str, bits: int) -> None:
    assert round(strength_bits(word)) == bits


async def test_a_weak_word_unlocks_no_plan_unless_forced(codes: Codes) -> None:
    with pytest.raises(BadCode, match="easy to guess"):
        await codes.create(TEN_DAYS, word="RESTORE40")
    await codes.create(TEN_DAYS, word="RESTORE40", weak=True)
    await codes.create(CodeSpec(CodeKind.DISCOUNT, percent=40), word="SUMMER40")
    await codes.create(TEN_DAYS, word="XK7Q4PM2Z9W")


@pytest.mark.parametrize("platform", [Platform.DISCORD, Platform.PLAYGROUND])
async def test_a_discount_is_not_used_up_where_nothing_is_sold_for_stars(codes: Codes, platform: Platform) -> None:
    code = await make(codes, CodeSpec(CodeKind.DISCOUNT, percent=40))
    elsewhere = Sender(platform=platform, account=ANA.account)
    for _ in range(7):  # and it is no wrong try
        with pytest.raises(CodeElsewhere):
            await codes.redeem(elsewhere, "1", code)
    assert (await codes.redeem(ANA, "1", code)).percent == 40
    with pytest.raises(CodeUsedUp):
        await codes.redeem(elsewhere, "1", code)


async def test_tries_survive_a_restart(codes: Codes, database_url: str, clock: Clock) -> None:
    for _ in range(5):
        await guess(codes)
    async with Database(database_url) as again:
        assert await guess(Codes(again, KEY, clock)) == 30


async def test_refusals_of_valid_codes_do_not_count_as_guesses(codes: Codes) -> None:
    text = await make(codes)
    await codes.redeem(ANA, "1", text)
    for _ in range(10):
        with pytest.raises(CodeRedeemed):
            await codes.redeem(ANA, "1", text)
    assert await guess(codes) == 0


async def test_earlier_request_with_a_later_lock_does_not_wait(codes: Codes, clock: Clock) -> None:
    """Two concurrent requests: the earlier one read its clock first but got the lock later."""
    text = await make(codes, CodeSpec(CodeKind.UNLOCK, "premium", days=1, uses=2))
    await guess(codes, BEN, chat="1")
    clock.wait(seconds=-2)
    redeemed = await codes.redeem(ANA, "1", text)
    assert redeemed.kind is CodeKind.UNLOCK
    assert await guess(codes, ANA, chat="1") == 0, "nor is the redeemed code counted as a guess"
