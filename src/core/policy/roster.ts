import type { Actor } from '../task.ts';
import { isAtLeast, Role } from './role.ts';
import type { Who } from './who.ts';

/** A human being as the configuration names them; their identities are one for every rule. */
export interface Person {
  key: string;
  name: string;
  role: Role;
  /** `surface:id` each. */
  identities: readonly string[];
}

/** `surface:id`: how an identity is written in the configuration and in signed documents. */
export const identityOf = ({ surface, id }: Pick<Actor, 'surface' | 'id'>): string => `${surface}:${id}`;

/** The id of whoever sits at the server, on each of the surfaces that know nobody else: no person may be called so. */
export const localId = 'local';

/** The local token, and the console that it opens. */
const localIdentities: readonly string[] = [`api:${localId}`, `web:${localId}`];

export const isLocalIdentity = (identity: string): boolean => localIdentities.includes(identity);

/** Alerts, schedules and the server itself ask by configuration, and are nobody's second account. */
export const isMachineIdentity = (identity: string): boolean =>
  /^(alert|schedule|server|policy):/.test(identity);

export interface RosterParts {
  people: readonly Person[];
  /** Keys of people by the group's name. */
  groups: Readonly<Record<string, readonly string[]>>;
  /** The role of people whom nobody has listed. */
  unlinked: Role;
  /** One person runs this alone: whoever holds the local token may do everything. */
  solo: boolean;
}

/** Who is who: the only place where an identity becomes a person, a role or a member of a group. */
export class Roster {
  readonly #byIdentity: ReadonlyMap<string, Person>;
  readonly #groups: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #parts: RosterParts;

  constructor(parts: RosterParts) {
    this.#parts = parts;
    this.#byIdentity = new Map(parts.people.flatMap((p) => p.identities.map((i) => [i, p] as const)));
    this.#groups = new Map(Object.entries(parts.groups).map(([name, keys]) => [name, new Set(keys)]));
  }

  get solo(): boolean {
    return this.#parts.solo;
  }

  get people(): readonly Person[] {
    return this.#parts.people;
  }

  /** Null for an identity that nobody has linked to a person. */
  personOf(identity: string): Person | null {
    return this.#byIdentity.get(identity) ?? null;
  }

  /** The local token's holder owns the data directory, and with it the keys; alone, they may do everything. */
  roleOf(identity: string): Role {
    const person = this.personOf(identity);
    if (person) return person.role;
    if (isLocalIdentity(identity)) return this.solo ? Role.admin : Role.approver;
    return isMachineIdentity(identity) ? Role.operator : this.#parts.unlinked;
  }

  isAmong(identity: string, whos: readonly Who[]): boolean {
    return whos.some((who) => this.#is(identity, who));
  }

  #is(identity: string, who: Who): boolean {
    const person = this.personOf(identity);
    switch (who.kind) {
      case 'anyone':
        return true;
      case 'role':
        return isAtLeast(this.roleOf(identity), who.role);
      case 'group':
        return person !== null && (this.#groups.get(who.group)?.has(person.key) ?? false);
      case 'person':
        return person?.key === who.person;
      case 'alerts':
        return identity.startsWith('alert:');
      case 'schedules':
        return identity.startsWith('schedule:');
    }
  }

  /**
   * Whether `approver` is surely another human being than `other`. Two listed people are; an account that nobody listed
   * may be anybody's second one, also the approver's.
   */
  isSurelyOther(approver: string, other: string): boolean {
    const person = this.personOf(approver);
    if (!person || isLocalIdentity(other)) return false;
    const another = this.personOf(other);
    return another ? another.key !== person.key : isMachineIdentity(other);
  }

  /** The names of the people whom a rule means, for a sentence; at most a few. */
  namesOf(whos: readonly Who[]): string[] {
    return this.people
      .filter((p) => p.identities.some((identity) => this.isAmong(identity, whos)))
      .map((p) => p.name);
  }
}
