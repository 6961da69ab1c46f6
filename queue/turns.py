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

# The clock of Redis, in milliseconds: machines differ, and a job that one of them queued must be due for all others.
REDIS_NOW: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
"""

# Claims up to ARGV[1] jobs that are due and that nobody holds. KEYS: the queue, the turns by queue id, the times of
# people's last turns. ARGV: the number of jobs, the lease (ms), its prefix, the window, the memory (ms). Returns the
# present, then each job's queue id and score.
# Jobs in progress come first in the queue, so with many workers a free one may be many pages away. The queue is sorted
# by arrival, and nobody's waiting time begins before the arrival. So the search can stop after `wanted` different
# people (`sure`) whose waiting time begins at the arrival: later jobs cannot come before theirs.
CLAIM: Final = (
    REDIS_NOW
    + """
local wanted, window = tonumber(ARGV[1]), tonumber(ARGV[4])
local present = string.format('%.0f', now)
local fair = redis.call('EXISTS', KEYS[2]) == 1
local waiting, people, sure, page, size = {}, {}, 0, 0, 50
repeat
    local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', present, 'WITHSCORES', 'LIMIT', page * size, size)
    local ids, leases, held, turns = {}, {}, {}, {}
    for i = 1, #due, 2 do
        table.insert(ids, due[i])
        table.insert(leases, ARGV[3] .. due[i])
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
local claimed = {present}
while #claimed < 1 + 2 * wanted do
    local next
    for _, job in ipairs(waiting) do
        if not job.taken and (not next or job.since < next.since) then next = job end
    end
    if not next then break end
    next.taken = true
    redis.call('SET', ARGV[3] .. next.id, '1', 'PX', ARGV[2])
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
if fair then redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - tonumber(ARGV[5])) end
return claimed
"""
)

# Queues a job. KEYS: its message, the queue, the turns. ARGV: the queue id, the message, its expiry (ms), the head
# start (ms), the turn or nothing, the channel that wakes a worker. The queue is sorted by time; a job is due once that
# time has passed. A job that is queued already keeps its message and its place.
PUT: Final = (
    REDIS_NOW
    + """
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3], 'NX')
redis.call('ZADD', KEYS[2], 'NX', string.format('%.0f', now - tonumber(ARGV[4])), ARGV[1])
if ARGV[5] ~= '' then redis.call('HSET', KEYS[3], ARGV[1], ARGV[5]) end
redis.call('PUBLISH', ARGV[6], '')
"""
)


def turn_of(sender: Sender, head_start_s: float) -> str:
    """A photo's turn: its head start in milliseconds, and a hash that stands for the person."""
    person = hashlib.sha256(f"{sender.platform}:{sender.account}".encode()).hexdigest()[:16]
    return f"{round(head_start_s * 1000)} {person}"
