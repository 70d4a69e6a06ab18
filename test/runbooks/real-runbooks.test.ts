import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Language } from '../../src/core/language.ts';
import { retrievalScoreMin } from '../../src/runbooks/limits.ts';
import { loadRunbooks } from '../../src/runbooks/load.ts';
import { findParameters } from '../../src/runbooks/parameters.ts';
import { parameterPattern } from '../../src/runbooks/placeholders.ts';
import { createRetriever } from '../../src/runbooks/retrieve.ts';
import type { Runbook } from '../../src/runbooks/runbook.ts';

const folder = join(import.meta.dirname, '../../runbooks');
const runbooks = existsSync(folder) ? await loadRunbooks(folder) : [];
const retriever = createRetriever(runbooks);

/** Values that people say; the first that fits a parameter's pattern stands in its slot. */
const sayable = ['5', '8080', 'postgresql', 'example.com', '/var/log', '192.0.2.1', 'C:\\Windows'];
const valueFor = (runbook: Runbook, name: string): string => {
  const { pattern } = runbook.parameters[name] ?? { pattern: '(?!)' };
  // A number is the likeliest value only where nothing else is one.
  const words = /\[A-Z|\[a-z|\\w|\.\+|\\S/i.test(pattern) ? [...sayable.slice(2), ...sayable] : sayable;
  const value = words.find((v) => parameterPattern(pattern).test(v));
  if (value === undefined) throw new Error(`no value fits ${runbook.name}.${name}: ${pattern}`);
  return value;
};

const examples = runbooks.flatMap((runbook) =>
  Object.values(Language).flatMap((language) =>
    runbook.examples[language].map((example) => ({ runbook, name: runbook.name, language, example })),
  ),
);

describe('the runbooks that come along', () => {
  it('are there, each with a script for Linux and for Windows', () => {
    expect(runbooks.length).toBeGreaterThan(0);
    for (const { name, scripts } of runbooks) {
      expect(scripts.linux, name).toBeDefined();
      expect(scripts.windows, name).toBeDefined();
    }
  });

  it.each(examples)('$name is found by its $language example "$example", with its parameters', (row) => {
    const said: Record<string, string> = {};
    const request = row.example.replace(/\{(\w+)\}/g, (_, name: string) => {
      said[name] = valueFor(row.runbook, name);
      return said[name];
    });
    const [best] = retriever.retrieve(request);
    expect(best?.runbook.name).toBe(row.name);
    expect(best?.score).toBeGreaterThanOrEqual(retrievalScoreMin);
    const found = findParameters(row.runbook, request, retriever);
    expect(found.values).toMatchObject(said);
    expect(found.missing.filter((name) => Object.hasOwn(said, name))).toEqual([]);
  });

  it.each([
    ['Affiche-moi les processus PM2', 'pm2-list', 'fr'],
    ["Quel est l'état du disque ?", 'disk-usage', 'fr'],
    ["Montre-moi l'utilisation CPU et RAM", 'health', 'fr'],
    ['Redémarre le service Nginx', 'service-restart', 'fr'],
    ['디스크 사용량을 보여줘', 'disk-usage', 'ko'],
    ['Wie viel Speicher ist belegt?', 'memory', 'de'],
    ['check memory', 'memory', 'en'],
    ['is nginx running?', 'service-status', 'en'],
  ])('"%s" finds %s in %s', (request, name, language) => {
    const [best] = retriever.retrieve(request);
    expect(best?.score).toBeGreaterThanOrEqual(retrievalScoreMin);
    expect(best).toMatchObject({ language, runbook: { name } });
  });

  it.each([
    'asdf qwer',
    'tell me a joke',
    'write a poem',
    'delete all users from the database',
    'install a new kernel',
    'drop database production',
    'cpu temperature',
    'restart everything',
    'stop everything',
    'format the disk',
    'delete the logs',
    'rm -rf /',
    'change the root password',
    'add a user called bob',
    'open port 8080',
    'hello',
  ])('nothing fits "%s"', (request) => {
    expect(retriever.retrieve(request)[0]?.score ?? 0).toBeLessThan(retrievalScoreMin);
  });
});
