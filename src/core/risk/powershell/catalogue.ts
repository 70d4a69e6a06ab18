import type { Meaning, Rule } from '../rule.ts';
import { files } from './catalogue/files.ts';
import { network } from './catalogue/network.ts';
import { programs } from './catalogue/programs.ts';
import { reading } from './catalogue/reading.ts';
import { running } from './catalogue/running.ts';
import { system } from './catalogue/system.ts';
import type { CmdletFamily, CmdletRule } from './rule.ts';

/** Every family of PowerShell; the test of the catalogue runs the examples of each. */
export const cmdletFamilies: Readonly<Record<string, CmdletFamily>> = {
  files,
  network,
  reading,
  running,
  system,
};

const byName = <T>(rules: Readonly<Record<string, T>>): ReadonlyMap<string, T> =>
  new Map(
    Object.entries(rules).flatMap(([names, rule]) => names.split(' ').map((name) => [name, rule] as const)),
  );

const cmdlets = byName<CmdletRule | Meaning>(
  Object.assign({}, ...Object.values(cmdletFamilies).map((f) => f.rules)),
);
const tools = byName<Rule | Meaning>(programs.rules);

/** The rule for a cmdlet, by its name in lower case; null where only its verb can tell. */
export const cmdletRule = (name: string): CmdletRule | Meaning | null => cmdlets.get(name) ?? null;

/** The rule for a program of Windows, by its name without folder and `.exe`. */
export const programRule = (name: string): Rule | Meaning | null => tools.get(name) ?? null;
