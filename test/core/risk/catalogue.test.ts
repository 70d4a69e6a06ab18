import { describe, expect, it } from 'vitest';
import { families } from '../../../src/core/risk/catalogue.ts';
import { classifyBash } from '../../../src/core/risk/classify-bash.ts';
import type { Classification } from '../../../src/core/risk/effect.ts';
import { programs } from '../../../src/core/risk/powershell/catalogue/programs.ts';
import { cmdletFamilies } from '../../../src/core/risk/powershell/catalogue.ts';
import { classifyPowershell } from '../../../src/core/risk/powershell/classify-powershell.ts';
import type { Examples } from '../../../src/core/risk/rule.ts';

const comeOutAsTheySay = (
  families: Readonly<Record<string, { readonly examples: Examples }>>,
  classify: (script: string) => Classification,
): void => {
  for (const [family, { examples }] of Object.entries(families)) {
    it(`of ${family} come out as they say`, () => {
      const wrong = Object.entries(examples).flatMap(([risk, scripts]) =>
        scripts
          .map((script) => ({ script, ...classify(script) }))
          .filter((found) => found.risk !== risk)
          .map((found) => `${found.script} is ${found.risk}, not ${risk}: ${found.lines[0]?.why}`),
      );
      expect(wrong).toEqual([]);
    });
  }
};

describe('the examples of the catalogue of Bash', () => comeOutAsTheySay(families, classifyBash));

describe('the examples of the catalogue of PowerShell', () =>
  comeOutAsTheySay({ ...cmdletFamilies, programs }, classifyPowershell));
