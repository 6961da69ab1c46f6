"""Turns: the next photo is of the person who has waited longest, since their photo arrived or since their last turn.

So whoever sends many photos cannot make others wait for all of them. Photos without a turn, such as replies and photos
that are tried again, keep their place by the time of their arrival.
"""

import hashlib
from typing import Final

from magicmemory.core.job import Sender

# Photos among which the next is chosen; later ones have to wait for these. It bounds the time that a choice takes.
WINDOW: Final = 500
# A turn is forgotten after this long: whoever waited longer than that is not overtaken because of it.
MEMORY_MS: Final = 3600_000

# Claims up to ARGV[2] jobs that are due and that nobody holds. KEYS: the queue, the turns by queue id, the times of
# people's last turns. ARGV: the present (ms), the number of jobs, the lease (ms), its prefix, the window, the memory.
# Jobs in progress come first in the queue, so with many workers a free one may be many pages away.
CLAIM: Final = """
local now, wanted, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[5])
local fair = redis.call('EXISTS', KEYS[2]) == 1
if not fair then window = wanted end
local waiting, page = {}, 0
repeat
    local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', page * 100, 100)
    for i = 1, #due, 2 do
        if #waiting < window and redis.call('EXISTS', ARGV[4] .. due[i]) == 0 then
            local job = {id = due[i], score = due[i + 1], since = tonumber(due[i + 1]), at = #waiting, ahead = 0}
            local turn = fair and redis.call('HGET', KEYS[2], job.id)
            if turn then
                local ahead, person = string.match(turn, '^(%d+) (.*)$')
                job.person, job.ahead = person, tonumber(ahead)
                local last = redis.call('ZSCORE', KEYS[3], person)
                if last then job.since = math.max(job.since, tonumber(last) - job.ahead) end
            end
            table.insert(waiting, job)
        end
    end
    page = page + 1
until #due == 0 or #waiting >= window
local claimed = {}
while #claimed < 2 * wanted do
    local next
    for _, job in ipairs(waiting) do
        if not job.taken and (not next or job.since < next.since) then next = job end
    end
    if not next then break end
    next.taken = true
    redis.call('SET', ARGV[4] .. next.id, '1', 'PX', ARGV[3])
    table.insert(claimed, next.id)
    table.insert(claimed, next.score)
    if next.person then
        redis.call('HDEL', KEYS[2], next.id)
        redis.call('ZADD', KEYS[3], now, next.person)
        for _, job in ipairs(waiting) do
            if job.person == next.person then job.since = math.max(job.since, now - job.ahead) end
        end
    end
end
if fair then redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - tonumber(ARGV[6])) end
return claimed
"""


def turn_of(sender: Sender, head_start_s: float) -> str:
    """A photo's turn: its head start in milliseconds, and a name for the person that does not tell who it is."""
    person = hashlib.sha256(f"{sender.platform}:{sender.account}".encode()).hexdigest()[:16]
    return f"{round(head_start_s * 1000)} {person}"
