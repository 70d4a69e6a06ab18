import type { Role } from './role.ts';

/** Whom a rule means: `role:approver`, `group:dba`, `person:ada`, `alerts`, `schedules`, `anyone`. */
export type Who =
  | { kind: 'role'; role: Role }
  | { kind: 'group'; group: string }
  | { kind: 'person'; person: string }
  | { kind: 'alerts' }
  | { kind: 'schedules' }
  | { kind: 'anyone' };

/** As the configuration writes it. */
export const whoText = (who: Who): string => {
  switch (who.kind) {
    case 'role':
      return `role:${who.role}`;
    case 'group':
      return `group:${who.group}`;
    case 'person':
      return `person:${who.person}`;
    default:
      return who.kind;
  }
};
