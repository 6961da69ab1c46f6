"""What the administrators of a group decide for everybody who asks there, and how it is enforced."""

from dataclasses import dataclass
from typing import Any

from magicmemory.core.errors import OnlyAdministrators
from magicmemory.core.groups import Group, GroupSettings, WhoMayAsk
from magicmemory.core.job import Platform, Sender
from magicmemory.core.options import Options
from magicmemory.storage.groups import Groups


@dataclass(frozen=True, slots=True)
class GroupRules:
    """The settings of groups on Telegram and servers on Discord."""

    groups: Groups

    async def settings(self, platform: Platform, group: str) -> GroupSettings:
        """A group's settings; the defaults for no group, an empty `group`."""
        return await self.groups.settings(platform, group) if group else GroupSettings()

    async def choose(self, platform: Platform, group: str, **choices: Any) -> GroupSettings:
        """Change some of a group's settings, given by field name; all settings after the change. The adapter checks
        that an administrator asks for it.
        """
        return await self.groups.choose(platform, group, **choices)

    async def check(self, sender: Sender, group: Group | None) -> GroupSettings:
        """The settings of the group in which the sender asks.

        Raises:
            OnlyAdministrators: the sender may not ask there.
        """
        found = await self.settings(sender.platform, group.id if group else "")
        if group is not None and found.who is WhoMayAsk.ADMINISTRATORS and not group.by_administrator:
            raise OnlyAdministrators
        return found

    @staticmethod
    def applied(settings: GroupSettings, preferred: Options) -> Options:
        """The options of somebody who named none."""
        return preferred if settings.scope is None else preferred.model_copy(update={"scope": settings.scope})
