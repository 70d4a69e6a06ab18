import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeScene, thisMachine } from '../start-agent.ts';

/**
 * Bash reads this file first. Of all that the wrapper hears, the first of each kind is lost: so it happens when the time
 * limit of `read` falls into the reading of a line, which a test can't bring about at will.
 */
const forgetful = `read() {
  builtin read "$@" || return
  case " $* " in
    *' -u 9 '*)
      case "$heard" in *" $kind "*) return 0 ;; esac
      heard="$heard $kind "
      kind= arg= more=
      return 142
      ;;
  esac
}
heard=
`;

const makeForgetful = async () => {
  const scene = await makeScene();
  const file = join(scene.dir, 'forgetful');
  writeFileSync(file, forgetful);
  const machine = await thisMachine();
  await scene.agent({ machine: { ...machine, env: { ...machine.env, BASH_ENV: file } } });
  return scene;
};

test('a wrapper that loses a line while it reads it still tells how the script ended', async () => {
  const { gateway } = await makeForgetful();
  const run = await gateway.send1('echo a\nexit 5\n');
  expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_EXITED', exitCode: 5 });
  expect(gateway.stdout(run)).toBe('a\n');
});

test('one that loses the word of a cancel still ends its script', async () => {
  const { gateway } = await makeForgetful();
  const run = await gateway.send1('echo a\nsleep 1000\n');
  await gateway.until(() => gateway.stdout(run) === 'a\n');
  gateway.send({ cancel: { runId: Buffer.from(run, 'hex') } });
  expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_CANCELLED' });
});
