import { describe, expect, it } from 'vitest';
import { badgeWords, riskMark, riskWord } from '../../src/core/effect-words.ts';
import { classify } from '../../src/core/risk/classify.ts';
import { Effect, Risk } from '../../src/core/risk/effect.ts';

const words = (text: string) => badgeWords(classify('bash', text));

describe('the words beside a badge', () => {
  it('say of a script that only reads that it does only that', () => {
    expect(words('uptime\nfree -m')).toEqual({ warnings: [], effects: ['only reads'] });
    expect(words('rm a; df').effects).not.toContain('only reads');
  });

  it('put in front what nobody may overlook, and say nothing twice', () => {
    expect(words('cat /etc/shadow\nrm -rf /srv/old')).toEqual({
      warnings: ["can't be undone", 'reads secrets'],
      effects: ['deletes'],
    });
  });

  it('say of what no grammar accepts that nobody can say what it does, and nothing vaguer', () => {
    expect(words('echo "a')).toEqual({
      warnings: ['the parser could not read it: nobody can say what all of it does'],
      effects: [],
    });
  });

  it('exist for every effect, each its own', () => {
    const all = Object.values(Effect).flatMap((effect) =>
      badgeWords({ irreversible: false, unparsed: false, effects: [effect] }),
    );
    const said = all.flatMap(({ warnings, effects }) => [...warnings, ...effects]);
    expect(new Set(said).size).toBe(Object.values(Effect).length);
  });

  it('tell the risks apart without colour', () => {
    for (const by of [riskWord, riskMark])
      expect(new Set(Object.values(by)).size).toBe(Object.values(Risk).length);
  });
});
