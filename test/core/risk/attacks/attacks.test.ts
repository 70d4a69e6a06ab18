import { describe, expect, it } from 'vitest';
import { classifyBash } from '../../../../src/core/risk/classify-bash.ts';
import { attacks, harmless } from './attacks.ts';

/** Scripts whose risk is none of these, with what was said of them. */
const wrong = (scripts: readonly string[], risks: readonly string[]): string[] =>
  scripts
    .map((script) => ({ script, ...classifyBash(script) }))
    .filter(({ risk }) => !risks.includes(risk))
    .map(({ script, risk, lines }) => `${script} is ${risk}: ${lines[0]?.why}`);

describe.each(Object.entries(attacks))('attacks: %s', (_, { notReadOnly, dangerous, forbidden }) => {
  it('are never read-only', () =>
    expect(wrong(notReadOnly, ['changes', 'dangerous', 'forbidden'])).toEqual([]));
  it('are dangerous where they destroy or hide', () =>
    expect(wrong(dangerous, ['dangerous', 'forbidden'])).toEqual([]));
  it('are forbidden where nobody can mean them', () => expect(wrong(forbidden, ['forbidden'])).toEqual([]));
});

describe.each(Object.entries(harmless))('questions about %s', (_, scripts) => {
  it('are read-only', () => expect(wrong(scripts, ['read-only'])).toEqual([]));
});
