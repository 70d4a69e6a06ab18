import { writeSync } from 'node:fs';
import { SqliteStore } from '../../src/sql/sqlite-store.ts';
import { createTask } from '../contract/store-rows.ts';
import { SteppedClock } from '../fakes/stepped-clock.ts';
import { quiet, sealOf } from './sqlite-rig.ts';

/**
 * Makes tasks in groups until it is killed or a group fails, and prints what became of each: `made 1001` or
 * `lost <code>`. Arguments: data directory, tasks in a group.
 */
const [dataDir = '', groupSize = '1'] = process.argv.slice(2);
const store = new SqliteStore({ dataDir, clock: new SteppedClock(), log: quiet, seal: sealOf(dataDir) });
await store.start();
writeSync(1, 'started\n');
for (let failed = false; !failed; ) {
  const group = Array.from({ length: Number(groupSize) }, () =>
    createTask(store, { request: 'x'.repeat(2_000) }).then(
      (task) => writeSync(1, `made ${task.number}\n`),
      (error) => {
        failed = true;
        writeSync(1, `lost ${error.code}\n`);
      },
    ),
  );
  await Promise.all(group);
}
