import { isIP } from 'node:net';
import type { MachineHint } from '../core/alert.ts';
import { machineHintsMax, machineNameCharsMax } from './limits.ts';
import { plainName } from './texts.ts';

type Kind = MachineHint['kind'] | 'any';

/**
 * Names under which sources say the machine, the likeliest first, plain (`host.name` and `host_name` are `hostname`). `any` may be a
 * name or an address, with port, path and scheme around it.
 */
const places: readonly (readonly [string, Kind])[] = [
  // What a federated or pushed series calls its own instance; `instance` is then the one who told it.
  ['exportedinstance', 'any'],
  ['instance', 'any'],
  ['host', 'any'],
  ['hostname', 'any'],
  ['fqdn', 'any'],
  ['nodename', 'any'],
  ['node', 'any'],
  ['servername', 'any'],
  ['server', 'any'],
  ['machine', 'any'],
  ['machinename', 'any'],
  ['computer', 'any'],
  ['computername', 'any'],
  ['vm', 'any'],
  ['vmname', 'any'],
  ['instancename', 'any'],
  ['resourcename', 'any'],
  ['device', 'any'],
  ['instanceid', 'instance'],
  ['ec2instanceid', 'instance'],
  ['hostid', 'instance'],
  ['vmid', 'instance'],
  ['infohostid', 'instance'],
  ['privateip', 'address'],
  ['privateipaddress', 'address'],
  ['hostip', 'address'],
  ['ip', 'address'],
  ['ipaddress', 'address'],
  ['internalip', 'address'],
  ['address', 'any'],
  ['target', 'any'],
  ['entity', 'any'],
];
const rankOf: ReadonlyMap<string, number> = new Map(places.map(([name], i) => [name, i]));

/** Words of this alert that may be its machine. @param where what stands before the dot: `labels`. */
export const machinesIn = (texts: Readonly<Record<string, string>>, where: string): MachineHint[] =>
  Object.keys(texts)
    .map((key) => ({ key, rank: rankOf.get(plainName(key)) }))
    .filter((found): found is { key: string; rank: number } => found.rank !== undefined)
    .sort((a, b) => a.rank - b.rank)
    .flatMap(({ key, rank }) => machineHints(texts[key], `${where}.${key}`, places[rank]?.[1]));

/** What one text says of a machine; nothing where it can't be one. @param from where it was read, for people. */
export const machineHints = (
  text: string | null | undefined,
  from: string,
  kind: Kind = 'any',
): MachineHint[] => {
  if (!text) return [];
  const whole = hintOf(text.trim(), from, kind);
  if (whole) return [whole];
  // "db1, db2" or "db1 db2": each of them, where all of them can be one.
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const hints = parts.slice(0, machineHintsMax).map((part) => hintOf(part, from, kind));
  return parts.length > 1 && hints.every((hint) => hint !== null) ? hints : [];
};

const hintOf = (text: string, from: string, kind: Kind): MachineHint | null => {
  const host = hostOf(text);
  if (host === '' || host.length > machineNameCharsMax) return null;
  if (isIP(host) !== 0) return isOwn(host) ? null : { kind: 'address', value: host, from };
  if (kind === 'address' || !/^[\p{L}\p{N}_]([\p{L}\p{N}_.-]*[\p{L}\p{N}_])?$/u.test(host)) return null;
  if (/^localhost(\.|$)/i.test(host)) return null;
  if (kind === 'instance' || /^i-[0-9a-f]{8,17}$/.test(host)) return { kind: 'instance', value: host, from };
  return { kind: 'name', value: host, from };
};

/** Without scheme, user, port and path: `https://db1.example.com:9100/metrics` is `db1.example.com`. */
const hostOf = (text: string): string => {
  const bare = text
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/[/?#].*$/s, '')
    .replace(/^[^@]*@/, '');
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(bare)?.[1];
  if (bracketed !== undefined) return bracketed;
  return isIP(bare) === 6 ? bare : bare.replace(/:\d*$/, '').replace(/\.$/, '');
};

/** Whoever measured itself: it is no address by which anybody else knows it. */
const isOwn = (address: string): boolean => /^(127\.|0\.0\.0\.0$|::1?$)/.test(address);

/**
 * The hints in order, each once, and after all of them what is left of the names with their domains cut off: `db1` of
 * `db1.example.com`. Last, since two domains may have a db1 each.
 */
export const orderedMachines = (hints: readonly MachineHint[]): MachineHint[] => {
  const cut = hints
    .filter(({ kind, value }) => kind === 'name' && value.includes('.'))
    .flatMap(({ value, from }): MachineHint[] => {
      const short = value.slice(0, value.indexOf('.'));
      const amazon = /^ip-(\d+)-(\d+)-(\d+)-(\d+)$/.exec(short)?.slice(1).join('.');
      const address = amazon !== undefined && isIP(amazon) === 4;
      return [
        ...(address ? [{ kind: 'address' as const, value: amazon, from }] : []),
        { kind: 'name', value: short, from: `${from}, its domain cut off` },
      ];
    });
  const seen = new Set<string>();
  return [...hints, ...cut]
    .filter(({ kind, value }) => {
      const known = `${kind} ${value.toLowerCase()}`;
      return !seen.has(known) && seen.add(known);
    })
    .slice(0, machineHintsMax);
};
