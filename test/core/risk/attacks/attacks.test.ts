import { describe, expect, it } from 'vitest';
import { classify } from '../../../../src/core/risk/classify.ts';
import { Interpreter } from '../../../../src/core/script.ts';
import { attacks, harmless, powershellAttacks, powershellHarmless } from './attacks.ts';

/** Scripts whose risk is none of these, with what was said of them. */
const wrong = (
  scripts: readonly string[],
  risks: readonly string[],
  interpreter: Interpreter = Interpreter.bash,
): string[] =>
  scripts
    .map((script) => ({ script, ...classify(interpreter, script) }))
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

describe('attacks: PowerShell', () => {
  const { powershell } = Interpreter;
  it('are never read-only', () =>
    expect(wrong(powershellAttacks.notReadOnly, ['changes', 'dangerous', 'forbidden'], powershell)).toEqual(
      [],
    ));
  it('are dangerous where they destroy or hide', () =>
    expect(wrong(powershellAttacks.dangerous, ['dangerous', 'forbidden'], powershell)).toEqual([]));
  it.each(Object.entries(powershellHarmless))('%s are read-only', (_, scripts) =>
    expect(wrong(scripts, ['read-only'], powershell)).toEqual([]),
  );
});
