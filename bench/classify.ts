/**
 * What it costs to judge a script, against the floor: the parser alone on the same text. Both are warm; the scripts
 * are those of the runbooks, which is what is judged all day.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'unbash';
import { parse as parseYaml } from 'yaml';
import { classifyBash } from '../src/core/risk/classify-bash.ts';

const rounds = 24;
/** Passes of one measurement: the clock of the processor ticks in milliseconds on some machines. */
const passes = 4;

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Time that this process worked, in microseconds: waiting for a busy machine is not judging. */
const cpuUs = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Microseconds for one script, over some passes through all. */
const passUs = (scripts: readonly string[], work: (script: string) => unknown): number => {
  const from = cpuUs();
  for (let pass = 0; pass < passes; pass++) for (const script of scripts) work(script);
  return (cpuUs() - from) / scripts.length / passes;
};

/** Prints the section "classify". @param packageDir where the runbooks are. */
export const benchClassify = (packageDir: string): void => {
  const folder = join(packageDir, 'runbooks');
  const scripts = readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .flatMap((name) => {
      const book = parseYaml(readFileSync(join(folder, name), 'utf8')) as { scripts: { linux?: string } };
      return book.scripts.linux ? [book.scripts.linux.replace(/\{\{\w+\}\}/g, 'web1')] : [];
    });
  const ours: number[] = [];
  const floors: number[] = [];
  for (let i = 0; i < rounds; i++) {
    // In turn, so that what else the machine does hits both.
    const floorUs = passUs(scripts, parse);
    const oursUs = passUs(scripts, classifyBash);
    if (i < rounds / 4) continue;
    floors.push(floorUs);
    ours.push(oursUs);
  }
  const [us, floorUs] = [median(ours), median(floors)];
  console.log(`\nclassify: ${us.toFixed(0)} µs for a runbook's script (median; ${scripts.length} scripts)`);
  console.log(`that is ${(1e6 / us).toFixed(0)} scripts a second on one core`);
  console.log(`floor: ${floorUs.toFixed(0)} µs = the parser alone`);
  console.log(`ratio: ${(us / floorUs).toFixed(1)}`);
};
