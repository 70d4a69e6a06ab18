import { beforeEach, expect, it } from 'vitest';
import { rolesLifeMs } from '../../src/discord/limits.ts';
import { People } from '../../src/discord/people.ts';
import { SteppedClock } from '../fakes/stepped-clock.ts';

const guild = '800000000000000001';
const role = '500000000000000001';
const group = `discord-role:${guild}/${role}`;

let clock: SteppedClock;
let asked: string[];
let answer: readonly string[] | null;
let people: People;
beforeEach(() => {
  clock = new SteppedClock();
  asked = [];
  answer = [];
  const ask = async (_guild: string, user: string) => {
    asked.push(user);
    return answer;
  };
  people = new People({ groups: [group, 'slack-group:S1'], clock, ask });
});

it('whoever acts in a server is judged by the roles that came with the act', () => {
  people.note('1', guild, [role, '7']);
  expect(people.groupsOf('discord:1')).toEqual([group]);
  people.note('1', guild, ['7']);
  expect(people.groupsOf('discord:1')).toEqual([]);
});

it('roles of a server that no rule names, and people of other surfaces, count for nothing', () => {
  people.note('1', '9', [role]);
  people.note('2', guild, [role]);
  expect(people.groupsOf('slack:2')).toEqual([]);
  expect(people.groupsOf('discord:1')).toBeNull();
});

it('of whom nothing is known, nothing is said until Discord has said it', async () => {
  answer = [role];
  expect(people.groupsOf('discord:1')).toBeNull();
  await people.learn('1');
  expect(people.groupsOf('discord:1')).toEqual([group]);
  expect(asked).toEqual(['1']);
});

it('what is too old is not known any more, and is asked again before it is', async () => {
  people.note('1', guild, [role]);
  answer = null;
  clock.step(rolesLifeMs + 1);
  expect(people.groupsOf('discord:1')).toBeNull();
  people.note('1', guild, [role]);
  answer = [role];
  people.start();
  clock.step(rolesLifeMs / 3);
  await people.learn('1');
  clock.step(rolesLifeMs - 1);
  expect(people.groupsOf('discord:1')).toEqual([group]);
  people.stop();
  expect(clock.pendingCount).toBe(0);
});
