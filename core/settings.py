"""The settings of all processes, read from the environment and `.env`, and checked at start.

No module reads settings at import: each process creates one `Settings` in its `main()` and passes values on.
"""

import os
import secrets
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from magicmemory.core.errors import OperatorError
from magicmemory.core.plans import Plans, read_plans
from magicmemory.core.private_folder import make_private
from magicmemory.core.validation import reason

PREFIX = "MAGIC_"
Likeness = Literal["off", "warn", "hold"]
"""What is done with a restored face that is less similar to itself than it must be."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# On loopback only the operator uses the page: enough to try things out all day.
OWN_PAGE_FREE_PER_DAY = 100
# The secrets of a container: one file per setting, with the setting's name in lower case.
SECRETS = Path("/run/secrets")


_DEVICE = r"^(auto|cpu|cuda(:\d+)?)$"
_REDIS_PREFIX = r"^[A-Za-z0-9_.-]+$"
_SHARED_NAME = r"^[ -~]{0,32}$"
PATTERNS = {
    _DEVICE: "write auto, cpu, cuda, or cuda:1 for the second GPU",
    _SHARED_NAME: "write at most 32 English letters, digits and signs",
    _REDIS_PREFIX: "write letters, digits, dots, _ and -",
}


class BadSettings(OperatorError):
    """A setting cannot be used. The message is one sentence for the operator."""


class SecretFiles(PydanticBaseSettingsSource):
    """Settings from files such as `/run/secrets/magic_telegram_token`. Empty files are ignored."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[str, str, bool]:
        """The file's text, the field's name, and False: the text is not JSON."""
        file = SECRETS / f"{PREFIX}{field_name}".lower()
        try:
            return file.read_text().strip(), field_name, False
        except OSError:
            return "", field_name, False

    def __call__(self) -> dict[str, str]:
        """All settings with a file."""
        found = (self.get_field_value(field, name) for name, field in self.settings_cls.model_fields.items())
        return {name: text for text, name, _ in found if text}


class Settings(BaseSettings):
    """The operator's settings. README and `.env.example` repeat each field's description."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment overrides `.env`, and `.env` overrides the secrets' files."""
        return init_settings, env_settings, dotenv_settings, SecretFiles(settings_cls)

    data_dir: Path = Field(Path("var"), description="Folder for all data on this machine.")
    database_url: str = Field(
        "",
        description="SQLAlchemy URL: sqlite+aiosqlite or postgresql+asyncpg; empty: SQLite in the data folder.",
    )
    redis_url: str = Field("", description="redis://, rediss:// or unix:// URL; empty: `run` starts its own Redis.")
    redis_prefix: str = Field("magicmemory", pattern=_REDIS_PREFIX, description="Prefix of every key in Redis.")
    photo_store: str = Field("", description="Folder or s3://bucket/path; empty: `photos` in the data folder.")
    photo_retention_hours: float = Field(24, gt=0, description="Photos are deleted after this many hours.")

    free_per_day: int = Field(1, ge=0, description="Free restorations per person and day.")
    plans_file: Path | None = Field(
        None, description="TOML file with the plans; empty: the free plan, and `premium` by code."
    )
    fair_use_per_day: int = Field(200, ge=0, description="Restorations per day with a paid plan; 0 means unlimited.")
    premium_head_start_s: float = Field(
        300, ge=0, description="Photos of paid plans overtake photos that arrived up to this many seconds earlier."
    )
    photos_at_once: int = Field(10, ge=0, description="Unfinished photos per person; 0 means unlimited.")
    failures_per_hour: int = Field(
        10, ge=0, description="Failed photos per person and hour; further ones have to wait; 0 means unlimited."
    )
    codes_key: SecretStr | None = Field(
        None,
        description="Secret for codes, visitors' cookies and addresses; empty: generated once, in the data folder.",
    )
    support_contact: str = Field("", description="Contact for buyers, shown by /paysupport: a link, @name or address.")
    terms_url: str = Field("", description="URL of your terms, shown by /terms and /premium.")
    privacy_url: str = Field(
        "", description="URL of your privacy policy, shown by /privacy; empty: the page's own, if the page is public."
    )
    timezone: str = Field("UTC", description="Time zone whose midnight renews the quota, for example Europe/Berlin.")
    adjustments: int = Field(5, ge=0, description="Free adjustments per photo.")
    adjustment_minutes: int = Field(60, ge=1, description="Minutes in which a photo can be adjusted for free.")
    language: str = Field("en", description="Language for people whose own language has no texts.")

    shared_name: str = Field(
        "",
        pattern=_SHARED_NAME,
        description="Small in a corner of before/after pictures to share, such as @your_bot; empty: nothing.",
    )

    max_photo_mb: float = Field(20, gt=0, description="Largest accepted file, megabytes.")
    max_photo_megapixels: float = Field(64, gt=0, description="Largest accepted photo, megapixels.")

    model: str = Field("auto", description="Default restorer; auto: the best one installed.")
    offered_models: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Restorers that people may choose from, comma-separated; empty: no choice."
    )
    detector: str = Field("auto", description="Default face detector; auto: the best one installed.")
    min_face_px: int = Field(24, ge=8, description="Smaller faces are not restored: height of the face box, pixels.")
    max_faces: int = Field(100, ge=1, description="Faces restored per photo, the largest first.")
    device: str = Field("auto", pattern=_DEVICE, description="auto, cpu, cuda or cuda:1.")
    precision: Literal["auto", "full"] = Field(
        "auto", description="auto: half precision where it is safe and faster; or full."
    )
    engine: Literal["own", "upstream"] = Field(
        "own", description="own; or upstream: the packages gfpgan and facexlib (needs the extra `reference`)."
    )
    blend: Literal["own", "facexlib"] = Field(
        "own", description="Detection, cropping and blending: own; or facexlib, for comparison with upstream."
    )
    upscaler: str = Field("auto", description="Network that enlarges; auto: Real-ESRGAN if installed, else photo-x2.")
    upscale_denoise: float = Field(
        0.5, ge=0, le=1, description="Noise that realesr-general-x4v3 removes, 0 to 1; less than 1 needs its wdn file."
    )
    identity_warning: float | None = Field(
        None,
        ge=-1,
        le=1,
        description="Least similarity of a restored face to the original, -1 to 1 (needs arcface); empty: by detail.",
    )
    likeness: Likeness | None = Field(
        None,
        description="Less similar faces: off, warn (mark), hold (restore more gently); empty: hold with arcface.",
    )
    commercial: bool = Field(
        False, description="You earn money with the service: refuse models whose licence forbids that."
    )
    weights_dir: str = Field("", description="Folder with downloaded models; empty: `weights` in the data folder.")
    weights_mirror: str = Field("", description="URL to download models from, instead of their publishers.")
    weights_proxy: str = Field("", description="Proxy for downloading models; empty: HTTPS_PROXY.")
    allow_unverified_weights: bool = Field(
        False, description="Accept model files with any hash: only for measurements with random weights."
    )
    preload: bool = Field(True, description="Load the models when a worker starts, not at its first photo.")
    unload_idle_minutes: float = Field(0, ge=0, description="Unload models after this many idle minutes; 0: never.")
    worker_photos: int = Field(2, ge=1, description="Photos that one worker restores at a time.")
    max_waiting: int = Field(
        0, ge=0, description="Waiting photos; further ones are refused at no cost; 0 means unlimited."
    )
    job_timeout_s: int = Field(300, ge=10, description="Time limit of one restoration, seconds.")

    telegram_token: SecretStr | None = Field(None, description="Telegram bot token; empty: no Telegram bot.")
    telegram_api_url: str = Field("https://api.telegram.org", description="Bot API server.")
    telegram_local: bool = Field(
        False, description="Your own Bot API server runs with --local: files of any size, by path."
    )
    telegram_messages_per_s: int = Field(
        25, ge=1, description="Messages per second over all chats; Telegram allows 30, or more for paying bots."
    )
    telegram_webhook_url: str = Field(
        "", description="Public https:// URL that Telegram sends updates to; empty: long polling."
    )
    telegram_webhook_host: str = Field("127.0.0.1", description="Address of the webhook, behind your proxy.")
    telegram_webhook_port: int = Field(8081, ge=0, le=65535, description="Port of the webhook.")
    telegram_admins: Annotated[tuple[int, ...], NoDecode] = Field(
        (), description="Telegram user ids that may use /admin, comma-separated."
    )
    discord_token: SecretStr | None = Field(None, description="Discord bot token; empty: no Discord bot.")
    discord_shards: int = Field(1, ge=0, description="Gateway connections; 0: the number that Discord recommends.")
    discord_admins: Annotated[tuple[int, ...], NoDecode] = Field(
        (), description="Discord user or role ids that may use /admin, comma-separated."
    )
    playground_host: str = Field("127.0.0.1", description="Address that the playground listens on.")
    playground_port: int = Field(8080, ge=0, le=65535, description="Port of the playground; 0: any free one.")
    playground_free_per_day: int | None = Field(
        None,
        ge=0,
        description="MAGIC_FREE_PER_DAY for the page; empty: the same, or 100 on loopback without proxies and origins.",
    )
    playground_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Further origins that the playground accepts, comma-separated."
    )
    playground_free_per_address: int = Field(
        0, ge=0, description="Free photos per day from one IPv4 address or IPv6 /64 network; 0 means unlimited."
    )

    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Addresses or networks of proxies whose X-Forwarded-For is trusted, comma-separated."
    )
    playground_user_header: str = Field(
        "",
        pattern=r"^[A-Za-z0-9-]*$",
        description="Header in which your trusted proxies send the login's name; empty: visitors are known by cookies.",
    )

    admin_secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="Secret for `magicmemory admin page`, 16 characters or more; empty: a new one at each start.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Lowest level that is logged.")
    log_format: Literal["console", "json"] = Field("console", description="console: for people; json: for programs.")
    metrics_host: str = Field("127.0.0.1", description="Address that metrics and health are served on.")
    metrics_port: int = Field(
        0, ge=0, le=65532, description="Port of metrics and health; `run` uses it and the next three; 0: none."
    )
    sentry_dsn: SecretStr | None = Field(
        None, description="Sentry DSN for errors (needs the extra `sentry`); empty: none."
    )
    otel_endpoint: str = Field("", description="OTLP/HTTP collector for traces (needs the extra `otel`); empty: none.")

    @field_validator(
        *("offered_models", "playground_origins", "telegram_admins", "discord_admins", "trusted_proxies"), mode="before"
    )
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def _known_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            try:
                ip_network(text)
            except ValueError:
                raise ValueError(f"{text!r} is not an address; write one like 127.0.0.1 or 10.0.0.0/8") from None
        return value

    @field_validator("playground_user_header")
    @classmethod
    def _from_a_proxy(cls, value: str, info: ValidationInfo) -> str:
        if value and not info.data.get("trusted_proxies"):
            raise ValueError("anybody could send it; name your proxy in MAGIC_TRUSTED_PROXIES")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{value!r} is not a time zone; write one like Europe/Berlin or UTC") from None
        return value

    @field_validator("weights_mirror", "weights_proxy", "otel_endpoint")
    @classmethod
    def _known_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("write http://… or https://…")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
            raise ValueError("write sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/NAME")
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("write redis://HOST:PORT/DATABASE, rediss://… or unix://SOCKET")
        return value

    @field_validator("photo_store")
    @classmethod
    def _known_store(cls, value: str) -> str:
        if "://" in value and not urlsplit(value).hostname:
            raise ValueError("write a folder, or s3://BUCKET/PATH")
        return value

    @field_validator("redis_url", "database_url", "telegram_api_url")
    @classmethod
    def _known_port(cls, value: str) -> str:
        try:
            _ = urlsplit(value).port
        except ValueError:
            raise ValueError("the port is not a number") from None
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The quota's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def page_free_per_day(self) -> int | None:
        """The playground's own number of free photos a day; None: that of the free plan, as in the bots."""
        if self.playground_free_per_day is not None:
            return self.playground_free_per_day
        behind_proxy = self.playground_origins or self.trusted_proxies
        own = self.playground_host.lower() in LOOPBACK and not behind_proxy
        return OWN_PAGE_FREE_PER_DAY if own else None

    def plans(self) -> Plans:
        """Read the plans file.

        Raises:
            BadPlans: the file cannot be used.
        """
        return read_plans(
            self.plans_file,
            free_per_day=self.free_per_day,
            fair_use_per_day=self.fair_use_per_day,
            head_start_s=self.premium_head_start_s,
        )

    @property
    def database(self) -> str:
        """The database's URL, or the default."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'magicmemory.db'}"

    @property
    def photos(self) -> str:
        """The photo store's folder or URL, or the default."""
        return self.photo_store or str(self.data_dir / "photos")

    @property
    def weights(self) -> Path:
        """The folder with downloaded models, or the default."""
        return Path(self.weights_dir) if self.weights_dir else self.data_dir / "weights"


def read_codes_key(settings: Settings) -> bytes:
    """The secret that codes are hashed with: from the settings, else from the data folder, where it is created once.

    Raises:
        BadSettings: the file cannot be read or created, or is empty.
    """
    if settings.codes_key is not None:
        return settings.codes_key.get_secret_value().encode()
    file = settings.data_dir / "codes.key"
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written aside and linked into place: of several processes that start at once, all use the key of one.
        made = file.with_name(f"{file.name}.{os.getpid()}")
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_hex(32))
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):
            os.link(made, file)
        made.unlink()
        key = file.read_text().strip().encode()
    except OSError as error:
        raise BadSettings(f"The codes' key {file} cannot be used: {error.strerror}.") from None
    if not key:
        raise BadSettings(
            f"The codes' key {file} is empty: restore it from a backup, or delete it; existing codes then stop working."
        )
    return key


def load(**overrides: object) -> Settings:
    """Read and check the settings.

    Args:
        overrides: values by a setting's name, which override the environment; None: no override.

    Raises:
        BadSettings: a value cannot be used; the message names the variable and says what to write.
    """
    try:
        return Settings.model_validate({name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"][:1]).upper()
        raise BadSettings(f"{name} cannot be used: {reason(first, PATTERNS)}.") from None


def make_data_folder(settings: Settings) -> None:
    """Make the data folder if it is missing, and close it to other users.

    Raises:
        BadSettings: it cannot be made, or is not a folder.
    """
    try:
        # People's photos and ids lie there: only the service's user may look into it.
        make_private(settings.data_dir)
    except FileExistsError:
        raise BadSettings(f"MAGIC_DATA_DIR cannot be used: {settings.data_dir} is not a folder.") from None
    except OSError as error:
        raise BadSettings(f"MAGIC_DATA_DIR cannot be used: {settings.data_dir}: {error.strerror}.") from None
