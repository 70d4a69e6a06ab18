import { type Listing, type ListingRow, ListKind } from './listing.ts';
import { isAtLeast, Role } from './policy/role.ts';

/**
 * What can be said to us; only what that person may do.
 *
 * @param name as the settings list them; null for an account that is nobody's there.
 */
export const helpListing = (identity: string, name: string | null, role: Role): Listing => ({
  kind: ListKind.help,
  title: 'What you can say',
  rows: lines.filter(({ needs }) => isAtLeast(role, needs)).map(({ name, words }) => row(name, words)),
  empty: 'There is nothing that you can do here.',
  foot: `You are ${name === null ? identity : `${name} (${identity})`}, ${roleWords[role]}. An admin gives roles in nerdyops.yml.`,
});

const roleWords: Readonly<Record<Role, string>> = {
  none: 'without a role',
  viewer: 'a viewer, who looks',
  operator: 'an operator, who asks',
  approver: 'an approver, who asks and approves',
  admin: 'an admin',
};

const lines: readonly { needs: Role; name: string; words: string }[] = [
  {
    needs: Role.operator,
    name: 'check memory on db1',
    words: 'Say what you want and where, in your own words. You read the script before anything runs.',
  },
  {
    needs: Role.operator,
    name: 'and the disk?',
    words: 'In a thread of mine, its machine is meant. In Slack you need not call me there.',
  },
  { needs: Role.viewer, name: 'agents', words: 'The machines, and how they are.' },
  { needs: Role.viewer, name: 'tasks', words: 'What waits for somebody, then what was asked last.' },
  { needs: Role.viewer, name: 'task 1042', words: 'The card of that task, here too, to be decided here.' },
  { needs: Role.viewer, name: 'runbooks', words: 'The scripts that are kept.' },
  { needs: Role.viewer, name: 'alerts', words: 'What monitoring tells of.' },
  { needs: Role.viewer, name: 'watches', words: 'What I look at again and again.' },
  {
    needs: Role.operator,
    name: 'watch disk on db1 every 5 minutes when disk > 90 %',
    words:
      'I look as often as you say, and raise an alert here while it holds. "watch remove <name>" ends it.',
  },
];

const row = (name: string, words: string): ListingRow => ({
  tone: 'quiet',
  name,
  words,
  detail: null,
  task: null,
  request: null,
});
