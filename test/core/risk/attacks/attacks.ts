import { readFileSync } from 'node:fs';

/** Scripts by the least that a classification of them must say; `dangerous` is also passed by worse. */
export interface Attacks {
  readonly notReadOnly: readonly string[];
  readonly dangerous: readonly string[];
  readonly forbidden: readonly string[];
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8'));

/** Scripts that an attacker would write, by what they abuse. They are read, and never run. */
export const attacks: Readonly<Record<string, Attacks>> = {
  'what the shell hides': read('shell') as Attacks,
  'wrappers and what they run': read('wrappers') as Attacks,
  'programs that do more than they say': read('programs') as Attacks,
  'options that say what they do': read('options') as Attacks,
  'secrets, databases, clusters and clouds': read('data') as Attacks,
};

/** What people on call type to look at a machine, by subject. Each must stay read-only, or they stop believing the card. */
export const harmless = read('harmless') as Readonly<Record<string, readonly string[]>>;

/** The same for PowerShell. */
export const powershellAttacks = read('powershell') as Attacks;
export const powershellHarmless = read('powershell-harmless') as Readonly<Record<string, readonly string[]>>;

/** All of them, for tests that want many scripts. */
export const everyScript: readonly string[] = [
  ...Object.values(attacks).flatMap((each) => [...each.notReadOnly, ...each.dangerous, ...each.forbidden]),
  ...Object.values(harmless).flat(),
];
