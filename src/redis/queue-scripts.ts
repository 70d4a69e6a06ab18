import { keyMs } from './limits.ts';

/**
 * Each queue is two sorted sets, `waiting` and `flight`, whose scores are the order of the pushes; an id is in one
 * of them or in none. All scripts take the same keys, waiting, flight and epoch, and the bell's channel first.
 *
 * The epoch is a key that is only ever missing when Redis has lost its memory (wiped, evicted, another instance).
 * Whoever finds it missing tells all servers. A key of ours that holds something else counts as lost too.
 */
const begin = `
local waiting, flight, epoch, bell = KEYS[1], KEYS[2], KEYS[3], ARGV[1]
local lost = redis.call('SET', epoch, '1', 'NX') and true or false
for _, key in ipairs({waiting, flight}) do
  local kind = redis.call('TYPE', key).ok
  if kind ~= 'zset' and kind ~= 'none' then
    redis.call('DEL', key)
    lost = true
  end
end
if lost then redis.call('PUBLISH', bell, '!') end
local function top(key)
  local last = redis.call('ZREVRANGE', key, 0, 0, 'WITHSCORES')
  return last[2] and tonumber(last[2]) or 0
end
local function keep()
  redis.call('PEXPIRE', waiting, ${keyMs})
  redis.call('PEXPIRE', flight, ${keyMs})
end
`;

/** ARGV: bell, agent, ids… Rings the bell for the agent. */
const push = `${begin}
local score = math.max(top(waiting), top(flight))
for i = 3, #ARGV do
  if not redis.call('ZSCORE', flight, ARGV[i]) then
    score = score + 1
    redis.call('ZADD', waiting, 'NX', score, ARGV[i])
  end
end
keep()
redis.call('PUBLISH', bell, '+' .. ARGV[2])
return 0
`;

/** ARGV: bell, count. @returns the ids. */
const take = `${begin}
local popped = redis.call('ZPOPMIN', waiting, ARGV[2])
local ids = {}
for i = 1, #popped, 2 do
  redis.call('ZADD', flight, popped[i + 1], popped[i])
  ids[#ids + 1] = popped[i]
end
keep()
return ids
`;

/** ARGV: bell, ids… */
const settle = `${begin}
for i = 2, #ARGV do
  redis.call('ZREM', waiting, ARGV[i])
  redis.call('ZREM', flight, ARGV[i])
end
return 0
`;

/** ARGV: bell, ids that stay in flight… Scores are kept, so the others stand before all that came later. */
const giveBack = `${begin}
local stays = {}
for i = 2, #ARGV do stays[ARGV[i]] = true end
local entries = redis.call('ZRANGE', flight, 0, -1, 'WITHSCORES')
for i = 1, #entries, 2 do
  if not stays[entries[i]] then
    redis.call('ZREM', flight, entries[i])
    redis.call('ZADD', waiting, entries[i + 1], entries[i])
  end
end
keep()
return 0
`;

const numberOfKeys = 3;

/** For ioredis, which sends each by its hash and in full only where Redis doesn't know it. */
export const queueScripts = {
  nerdyPush: { lua: push, numberOfKeys },
  nerdyTake: { lua: take, numberOfKeys },
  nerdySettle: { lua: settle, numberOfKeys },
  nerdyGiveBack: { lua: giveBack, numberOfKeys },
};

/** The scripts as ioredis offers them once they are defined. */
export type QueueScript = keyof typeof queueScripts;
