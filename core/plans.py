"""Plans: the free one, and those that people can buy or get.

The operator defines plans in a TOML file, named by `MAGIC_PLANS_FILE`. Without a file there are the free plan and
`premium`, which is not for sale; codes and gifts grant it.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from magicmemory.core.errors import OperatorError
from magicmemory.core.options import AUTO, Options
from magicmemory.core.validation import reason

FREE = ""  # the free plan's name, in the ledger too
PREMIUM = "premium"  # exists without a file
# The only length of a subscription on Telegram.
SUBSCRIPTION_DAYS = 30
# Upper limits of a plan, a code and a gift: calendars and columns have an end.
MAX_DAYS = 36_500
MAX_CREDITS = 1_000_000


_NAME = r"^[a-z][a-z0-9_-]{0,23}$"
_SKU = r"^\d+$"
PATTERNS = {
    _NAME: "write at most 24 small letters, digits, _ and -, a letter first",
    _SKU: "write the SKU's number from Discord's developer portal",
}


class BadPlans(OperatorError):
    """The plans file cannot be used. The message is one sentence for the operator."""


class PlanLimits(BaseModel):
    """The limits of a plan. Days are counted in the quota's time zone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    photos_per_day: int = Field(0, ge=0, description="0: no limit; in the free plan: nothing is free")
    head_start_s: float = Field(0, ge=0, description="its photos are queued as if they had arrived this much earlier")
    max_megapixels: float = Field(0, ge=0, description="largest photo; 0: the setting applies")
    models: tuple[str, ...] = Field((), description="allowed models; empty: all that are offered")
    max_upscale: Literal[1, 2, 4] = 4

    def allow(self, options: Options) -> bool:
        """Whether the plan allows these options. `auto` is always allowed: see `choose`."""
        known = not self.models or options.model in (AUTO, *self.models)
        return known and options.most_upscale <= self.max_upscale

    def choose(self, options: Options) -> Options:
        """The options, with `auto` replaced by the plan's first model if the plan names models."""
        if self.models and options.model == AUTO:
            return options.model_copy(update={"model": self.models[0]})
        return options


def _titles(value: object) -> object:
    return {"en": value} if isinstance(value, str) else value


class Plan(PlanLimits):
    """A plan of a number of days, or of a number of photos (credits)."""

    name: str = Field(PREMIUM, pattern=_NAME)
    title: Annotated[dict[str, str], BeforeValidator(_titles)] = {}  # by language; English is the fallback
    days: int | None = Field(None, ge=1, le=MAX_DAYS)
    credits: int | None = Field(None, ge=1, le=MAX_CREDITS)
    stars: int | None = Field(None, ge=1, le=10_000, description="price in Telegram Stars; None: not sold there")
    subscription: bool = False  # Telegram renews it every 30 days until it is cancelled
    discord_sku: str | None = Field(None, pattern=_SKU)

    @model_validator(mode="after")
    def _sensible(self) -> "Plan":
        if (self.days is None) == (self.credits is None):
            raise ValueError("a plan has either days or credits")
        if self.subscription and self.days != SUBSCRIPTION_DAYS:
            raise ValueError(f"a subscription has days = {SUBSCRIPTION_DAYS}: Telegram sells no other")
        return self

    def title_in(self, language: str) -> str:
        """The plan's title in a language such as `pt-BR`, else in English, else its name: `premium` is Premium."""
        short = language.split("-")[0].lower()
        return self.title.get(language) or self.title.get(short) or self.title.get("en") or self.name.capitalize()


class Plans(BaseModel):
    """All plans. The paid ones are in the file's order, the best last."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    free: PlanLimits = PlanLimits(photos_per_day=1)
    paid: dict[str, Plan] = {}

    def with_free_per_day(self, photos: int) -> "Plans":
        """The same plans with another number of free photos a day."""
        return self.model_copy(update={"free": self.free.model_copy(update={"photos_per_day": photos})})

    def limits(self, name: str) -> PlanLimits:
        """The limits of a plan. A plan that was removed from the file counts as `premium`."""
        if name == FREE:
            return self.free
        return self.paid.get(name) or self.paid[PREMIUM]

    def rank(self, name: str) -> int:
        """The rank of a plan: higher is better."""
        return list(self.paid).index(name) if name in self.paid else -1

    @property
    def for_stars(self) -> list[Plan]:
        """The plans that Telegram sells."""
        return [plan for plan in self.paid.values() if plan.stars]

    @property
    def on_discord(self) -> list[Plan]:
        """The plans that Discord sells."""
        return [plan for plan in self.paid.values() if plan.discord_sku]

    def of_sku(self, sku: str) -> Plan | None:
        """The plan of a Discord SKU, or None."""
        return next((plan for plan in self.on_discord if plan.discord_sku == sku), None)


def make_plans(tables: Mapping[str, object], *, free_per_day: int, fair_use_per_day: int, head_start_s: float) -> Plans:
    """The plans of a parsed file, with defaults from the settings.

    Raises:
        BadPlans: a value cannot be used.
    """
    unknown = set(tables) - {"free", "plans"}
    if unknown:
        raise BadPlans(f"The file of plans has a table [{min(unknown)}]; write [free] and [plans.NAME].")
    free, listed = tables.get("free", {}), tables.get("plans", {})
    if not isinstance(free, Mapping) or not isinstance(listed, Mapping):
        raise BadPlans("The file of plans has no tables; write [free] and [plans.NAME].")
    defaults = {"photos_per_day": fair_use_per_day, "head_start_s": head_start_s}
    table_name = "free"
    try:
        free_limits = PlanLimits.model_validate({"photos_per_day": free_per_day, **free})
        paid = {PREMIUM: Plan(name=PREMIUM, days=SUBSCRIPTION_DAYS, **defaults)} if PREMIUM not in listed else {}
        for name, table in listed.items():
            table_name = f"plans.{name}"
            paid[name] = Plan.model_validate({**defaults, **table, "name": name})
        return Plans(free=free_limits, paid=paid)
    except TypeError:
        raise BadPlans("The file of plans cannot be used: a plan is a table [plans.NAME].") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = " ".join([f"[{table_name}]", ".".join(str(part) for part in first["loc"])]).strip()
        raise BadPlans(f"The file of plans cannot be used: {where}: {reason(first, PATTERNS)}.") from None


def read_plans(file: Path | None, *, free_per_day: int, fair_use_per_day: int, head_start_s: float) -> Plans:
    """The plans of a file; None: those that exist without one.

    Raises:
        BadPlans: the file is missing or not TOML, or a value cannot be used.
    """
    try:
        tables = tomllib.loads(file.read_text("utf-8")) if file else {}
    except OSError as error:
        raise BadPlans(f"The file of plans {file} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadPlans(f"The file of plans {file} is no TOML: {error}.") from None
    return make_plans(tables, free_per_day=free_per_day, fair_use_per_day=fair_use_per_day, head_start_s=head_start_s)
