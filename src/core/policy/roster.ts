import type { Actor } from '../task.ts';
import { surfaceOfGroup } from './platform-group.ts';
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
  /** Keys of people, and groups of platforms, by the group's name. */
  groups: Readonly<Record<string, readonly string[]>>;
  /** Groups of platforms whose members have that role, where nobody has listed them. */
  roles: { readonly [role in Role]?: readonly string[] | undefined };
  /** The role of people whom nobody has listed. */
  unlinked: Role;
  /** One person runs this alone: whoever holds the local token may do everything. */
  solo: boolean;
}

/**
 * The platforms' groups that an identity is in, as last heard; null where nothing is known. Whoever asks for something
 * new is then in none.
 */
export type GroupsOf = (identity: string) => readonly string[] | null;

/** Who is who: the only place where an identity becomes a person, a role or a member of a group. */
export class Roster {
  readonly #byIdentity: ReadonlyMap<string, Person>;
  readonly #groups: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #parts: RosterParts;
  readonly #groupsOf: GroupsOf;

  /** @param groupsOf where no platform tells of groups, nobody is in any. */
  constructor(parts: RosterParts, groupsOf: GroupsOf = () => null) {
    this.#parts = parts;
    this.#groupsOf = groupsOf;
    this.#byIdentity = new Map(parts.people.flatMap((p) => p.identities.map((i) => [i, p] as const)));
    this.#groups = new Map(Object.entries(parts.groups).map(([name, keys]) => [name, new Set(keys)]));
  }

  get solo(): boolean {
    return this.#parts.solo;
  }

  get people(): readonly Person[] {
    return this.#parts.people;
  }

  /** The platforms' groups that the configuration names. */
  get platformGroups(): readonly string[] {
    const { groups, roles } = this.#parts;
    const named = [...Object.values(groups), ...Object.values(roles)].flatMap((one) => one ?? []);
    return [...new Set(named)].filter((name) => surfaceOfGroup(name) !== null);
  }

  /** The same people, with what the platforms tell. */
  withGroups(groupsOf: GroupsOf): Roster {
    return new Roster(this.#parts, groupsOf);
  }

  /**
   * The same people, for asking again about what these have decided and what is signed: where nothing is known of their
   * groups now, since the platform is away, those that they were in then still hold.
   */
  trusting(identities: ReadonlySet<string>): Roster {
    const { platformGroups } = this;
    return this.withGroups(
      (identity) => this.#groupsOf(identity) ?? (identities.has(identity) ? platformGroups : null),
    );
  }

  /** Null for an identity that nobody has linked to a person. */
  personOf(identity: string): Person | null {
    return this.#byIdentity.get(identity) ?? null;
  }

  /**
   * A listed person's own role; of others, the highest that their groups give. The local token's holder owns the data
   * directory, and with it the keys; alone, they may do everything.
   */
  roleOf(identity: string): Role {
    const person = this.personOf(identity);
    if (person) return person.role;
    if (isLocalIdentity(identity)) return this.solo ? Role.admin : Role.approver;
    if (isMachineIdentity(identity)) return Role.operator;
    const { roles, unlinked } = this.#parts;
    const groups = this.#groupsOf(identity) ?? [];
    return Object.values(Role)
      .filter((role) => roles[role]?.some((group) => groups.includes(group)))
      .reduce((best, role) => (isAtLeast(role, best) ? role : best), unlinked);
  }

  /** Somebody listed with the role `none` is among nobody, whatever group they are in: so people are shut out. */
  isAmong(identity: string, whos: readonly Who[]): boolean {
    return this.personOf(identity)?.role !== Role.none && whos.some((who) => this.#is(identity, who));
  }

  #is(identity: string, who: Who): boolean {
    const person = this.personOf(identity);
    switch (who.kind) {
      case 'anyone':
        return this.roleOf(identity) !== Role.none;
      case 'role':
        return isAtLeast(this.roleOf(identity), who.role);
      case 'group':
        return this.#isMember(identity, person, this.#groups.get(who.group) ?? noMembers);
      case 'person':
        return person?.key === who.person;
      case 'alerts':
        return identity.startsWith('alert:');
      case 'schedules':
        return identity.startsWith('schedule:');
    }
  }

  /** All accounts of a person are one person: what one of them is in, the person is. */
  #isMember(identity: string, person: Person | null, members: ReadonlySet<string>): boolean {
    if (person && members.has(person.key)) return true;
    const accounts = person ? person.identities : [identity];
    return accounts.some((account) => this.#groupsOf(account)?.some((group) => members.has(group)));
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

  /** Whom a rule means, for a sentence: people by name, and the platforms' groups whose members it means. */
  namesOf(whos: readonly Who[]): string[] {
    const names = this.people
      .filter((p) => p.identities.some((identity) => this.isAmong(identity, whos)))
      .map((p) => p.name);
    const groups = this.platformGroups.filter((group) => whos.some((who) => this.#means(who, group)));
    return [...names, ...groups.map((group) => `somebody of ${group}`)];
  }

  #means(who: Who, platformGroup: string): boolean {
    if (who.kind === 'group') return this.#groups.get(who.group)?.has(platformGroup) ?? false;
    if (who.kind !== 'role') return false;
    const { roles } = this.#parts;
    return Object.values(Role).some((r) => isAtLeast(r, who.role) && roles[r]?.includes(platformGroup));
  }
}

const noMembers: ReadonlySet<string> = new Set();
