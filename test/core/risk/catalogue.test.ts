import { describe, expect, it } from 'vitest';
import { families } from '../../../src/core/risk/catalogue.ts';
import { classifyBash } from '../../../src/core/risk/classify-bash.ts';

describe('the examples of the catalogue', () => {
  for (const [family, { examples }] of Object.entries(families)) {
    it(`of ${family} come out as they say`, () => {
      const wrong = Object.entries(examples).flatMap(([risk, scripts]) =>
        scripts
          .map((script) => ({ script, ...classifyBash(script) }))
          .filter((found) => found.risk !== risk)
          .map((found) => `${found.script} is ${found.risk}, not ${risk}: ${found.lines[0]?.why}`),
      );
      expect(wrong).toEqual([]);
    });
  }
});
