"""Turns: a worker takes the next photo from the person who has waited longest, counted from their photo's arrival or
their last turn, whichever is later.

So a person who sends many photos cannot make others wait for all of them. Jobs without a turn, such as replies and
photos that are tried again, are sorted by their arrival.
"""

import hashlib
from typing import Final

from magicmemory.core.job import Sender

# The next photo is chosen among this many; later ones have to wait for these. It limits the time that a choice takes.
WINDOW: Final = 500
# A turn is forgotten after this time: a person who waited longer is not overtaken because of it.
MEMORY_MS: Final = 3600_000

# Claims up to ARGV[2] jobs that are due and that nobody holds. KEYS: the queue, the turns by queue id, the times of
# people's last turns. ARGV: the present (ms), the number of jobs, the lease (ms), its prefix, the window, the memory.
# Jobs in progress come first in the queue, so with many workers a free one may be many pages away. The queue is sorted
# by arrival, and nobody's waiting time begins before the arrival. So the search can stop after `wanted` different
# people (`sure`) whose waiting time begins at the arrival: later jobs cannot come before theirs.
CLAIM: Final = """
local now, wanted, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[5])
local fair = redis.call('EXISTS', KEYS[2]) == 1
local waiting, people, sure, page, size = {}, {}, 0, 0, 50
repeat
    local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', page * size, size)
    local ids, leases, held, turns = {}, {}, {}, {}
    for i = 1, #due, 2 do
        table.insert(ids, due[i])
        table.insert(leases, ARGV[4] .. due[i])
    end
    if #ids > 0 then held = redis.call('MGET', unpack(leases)) end
    if #ids > 0 and fair then turns = redis.call('HMGET', KEYS[2], unpack(ids)) end
    for i, id in ipairs(ids) do
        if #waiting < window and sure < wanted and not held[i] then
            local arrived = tonumber(due[2 * i])
            local job = {id = id, score = due[2 * i], since = arrived, ahead = 0}
            if turns[i] then
                local ahead, person = string.match(turns[i], '^(%d+) (.*)$')
                job.person, job.ahead = person, tonumber(ahead)
                local last = redis.call('ZSCORE', KEYS[3], person)
                if last then job.since = math.max(job.since, tonumber(last) - job.ahead) end
            end
            table.insert(waiting, job)
            if job.since == arrived and not people[job.person or id] then
                people[job.person or id] = true
                sure = sure + 1
            end
        end
    end
    page = page + 1
until #due == 0 or #waiting >= window or sure >= wanted
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
    """A photo's turn: its head start in milliseconds, and a hash that stands for the person."""
    person = hashlib.sha256(f"{sender.platform}:{sender.account}".encode()).hexdigest()[:16]
    return f"{round(head_start_s * 1000)} {person}"
